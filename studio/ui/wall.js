// The wall: a click or Enter opens a shot, arrows move between cards, and what changed is fetched, however the page
// was opened. Gradio changes only what differs in the drawn wall, so nothing flickers and the scroll position stays.
const BUSY = 1000, QUIET = 2500;
const cards = () => [...element.querySelectorAll('[data-shot]')];

element.addEventListener('click', (event) => {
    const card = event.target.closest('[data-shot]');
    if (card) trigger('pick_shot', {uid: card.dataset.shot});
});

const middle = (card) => card.getBoundingClientRect().left + card.offsetWidth / 2;
const beyond = (all, from, down) => {
    const top = from.getBoundingClientRect().top;
    const rows = all.filter((card) => {
        const other = card.getBoundingClientRect().top;
        return down ? other > top + 4 : other < top - 4;
    });
    if (!rows.length) return null;
    const tops = rows.map((card) => card.getBoundingClientRect().top);
    const row = down ? Math.min(...tops) : Math.max(...tops);
    return rows
        .filter((card) => Math.abs(card.getBoundingClientRect().top - row) < 4)
        .reduce((best, card) => (Math.abs(middle(card) - middle(from)) < Math.abs(middle(best) - middle(from)) ? card : best));
};
element.addEventListener('keydown', (event) => {
    const card = event.target.closest('[data-shot]');
    if (!card || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = cards(), at = all.indexOf(card);
    const next = {
        ArrowRight: () => all[at + 1],
        ArrowLeft: () => all[at - 1],
        ArrowDown: () => beyond(all, card, true),
        ArrowUp: () => beyond(all, card, false),
        Home: () => all[0],
        End: () => all[all.length - 1],
    }[event.key];
    if (!next) return;
    event.preventDefault();
    const target = next();
    if (target) target.focus();
});

let asked = '';
const catchUp = () => {
    const sheet = document.querySelector('#shot-sheet [data-sheet]');
    const card = sheet && cards().find((each) => each.dataset.shot === sheet.dataset.sheet);
    if (!card || card.dataset.stamp === sheet.dataset.stamp) return;
    const wanted = card.dataset.shot + card.dataset.stamp;
    if (asked === wanted) return;
    asked = wanted;
    trigger('take_came', {uid: card.dataset.shot});
};

let down = false;
const lost = (is) => {
    down = is;
    const line = element.querySelector('.lost');
    if (line) line.hidden = !is;
};
const poll = async () => {
    if (!element.isConnected) return;
    const board = element.querySelector('.board');
    let wait = QUIET;
    if (board && !document.hidden) {
        const {url, tag} = board.dataset;
        try {
            const answer = await fetch(url, {headers: {'If-None-Match': tag}, cache: 'no-store'});
            // a server that was started again knows nothing of this page's session: begin a new one
            if (down && answer.status < 500) return location.reload();
            const now = element.querySelector('.board');
            if (answer.status === 200 && now && now.dataset.tag === tag) props.value = await answer.text();
            lost(answer.status >= 500);
        } catch {
            lost(true);
        }
        queueMicrotask(catchUp);
        if (board.dataset.busy === '1') wait = BUSY;
    }
    setTimeout(poll, wait);
};
document.addEventListener('visibilitychange', () => { if (!document.hidden) catchUp(); });
setTimeout(poll, BUSY);
