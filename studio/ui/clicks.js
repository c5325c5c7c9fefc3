// What was clicked, or chosen with Enter or the space bar, says what it is.
const chosen = (target) => {
    const take = target.closest('[data-take]');
    if (take) trigger('pick_take', {uid: take.dataset.take});
    const photo = target.closest('[data-photo]');
    if (photo) trigger('pick_photo', {uid: photo.dataset.photo});
    const face = target.closest('[data-face]');
    if (face) trigger('pick_face', {upload: face.dataset.upload, face: Number(face.dataset.face)});
    const character = target.closest('[data-character]');
    if (character) trigger('pick_character', {name: character.dataset.character});
    const name = target.closest('[data-name]');
    if (name) trigger('pick_name', {name: name.dataset.name});
    const location = target.closest('[data-location]');
    if (location) trigger('pick_location', {location: location.dataset.location});
};
element.addEventListener('click', (event) => chosen(event.target));
element.addEventListener('keydown', (event) => {
    const drawn = event.target.closest('svg [data-face]'); // a button by itself knows Enter and space
    if (drawn && (event.key === 'Enter' || event.key === ' ')) {
        event.preventDefault();
        chosen(drawn);
    }
});
