#!/usr/bin/env bash
# Makes .venv with the pinned requirements, and, where it may, installs the system packages the studio wants.
# Usage: scripts/setup.sh requirements.txt [requirements-dev.txt]. Does nothing where all is already there.
set -euo pipefail
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; }

python=""
for candidate in python3 python3.11 python3.12; do
    if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    echo "Castlock needs Python 3.11 or 3.12 (found: $(python3 --version 2>&1 || echo none))." >&2
    echo "Install one of them (for example: apt-get install python3.11 python3.11-venv) and run make again." >&2
    exit 3
fi

if [ ! -x .venv/bin/python ] || ! fits .venv/bin/python; then
    echo "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    "$python" -m venv .venv || {
        rm -rf .venv
        echo "Python could not make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv" >&2
        exit 3
    }
fi

for list in "$@"; do
    stamp=".venv/.installed-$(cat requirements.txt "$list" | cksum | tr ' ' '-')"
    if [ ! -e "$stamp" ]; then
        echo "Installing $list (some minutes the first time) ..."
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade-strategy only-if-needed -r "$list" 2> >(grep -v '^WARNING: Location' >&2)
        touch "$stamp"
    fi
done

# system packages: what is wanted, how to see whether it is there, and what its absence costs
wanted=()
want() { # want PACKAGE "COST" TEST...
    local package=$1 cost=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then wanted+=("$package"); costs+=("$cost"); fi
}
costs=()
has_cjk_font() { fc-list :lang=zh 2>/dev/null | grep -q . || compgen -G '/usr/share/fonts/*/noto/NotoSansCJK*' >/dev/null || [ "$(uname)" = Darwin ]; }
loads() { .venv/bin/python -c "import ctypes; ctypes.CDLL('$1')"; }
if [ "$(uname)" = Linux ]; then
    want libgl1 "OpenCV cannot be imported: nothing works without it" loads libGL.so.1
    want libglib2.0-0 "OpenCV cannot be imported: nothing works without it" loads libgthread-2.0.so.0
fi
want fonts-noto-cjk "Chinese PDFs are refused and Chinese lettering on frames is left out" has_cjk_font
case " $* " in *requirements-dev*)
    want chromium "browser tests are skipped" bash -c 'command -v chromium || command -v chromium-browser || command -v google-chrome' ;;
esac
if [ ${#wanted[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing system packages: ${wanted[*]} ..."
        export DEBIAN_FRONTEND=noninteractive
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } >/dev/null 2>&1 ||
            echo "apt-get could not install all of: ${wanted[*]}" >&2
    else
        echo "Missing on this system (Castlock goes on without):" >&2
        for i in "${!wanted[@]}"; do echo "  ${wanted[$i]}: ${costs[$i]}" >&2; done
        echo "On Debian or Ubuntu: sudo apt-get install ${wanted[*]}" >&2
    fi
fi
