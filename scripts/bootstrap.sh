#!/bin/sh
# Makes .venv with what the locks name and nothing else. make runs it; running it again changes nothing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        # Asked for its own path: a shim may lead elsewhere, or nowhere and say so at length.
        "$name" -c 'import sys; sys.version_info >= (3, 11) and print(sys.executable)' 2>/dev/null | grep . && return
    done
    return 1
}

python=$(find_python) || {
    say "meta-inbox needs Python 3.11 or newer as python3; found: $(python3 --version 2>&1 | head -n 1)"
    say "Name another one by: make PYTHON=/path/to/python3.12"
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || {
    say "$python cannot make virtual environments. On Debian and Ubuntu:"
    say "    apt install $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    exit 1
}

# A .venv whose Python is gone, or that was moved here from elsewhere, is made anew.
here=$(.venv/bin/python -c 'import sys; print(sys.prefix)' 2>/dev/null || true)
if [ "$here" != "$PWD/.venv" ] || [ ! -x .venv/bin/pip ]; then
    say "Making .venv with $python"
    "$python" -m venv --clear .venv
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 UV_SYSTEM_CERTS=1
venv=.venv/bin/python
say "Installing what requirements-dev.txt names, hashes checked"
"$venv" -m pip install --quiet --require-hashes -r requirements-bootstrap.txt
if ! "$venv" -m uv pip sync --quiet --python "$venv" --require-hashes requirements-dev.txt; then
    say "uv could not reach its package index; trying pip with its own configuration"
    "$venv" -m pip install --quiet --require-hashes -r requirements-dev.txt
fi
"$venv" -m uv pip install --quiet --python "$venv" --no-deps --no-build-isolation --editable .
