#!/bin/sh
# Print the path of a Python of 3.12 or newer that really runs and can make a virtual environment.
#
#   sh tools/find_python.sh          any such Python; where there is none, say what to install and fail
#   sh tools/find_python.sh 3.12     just that version; where there is none, fail silently
#
# PYTHON=/path/to/python, where given, is the only candidate. A name on the PATH proves nothing (pyenv puts
# shims there for versions that are switched off, Debian ships Python without venv): so each one is run.
wanted=${1:-}

usable() {
    "$1" -c '
import sys
wanted = sys.argv[1]
version = sys.version_info[:2]
if version < (3, 12) or wanted not in ("", "%d.%d" % version):
    sys.exit(1)
import ensurepip, ssl, venv
print(getattr(sys, "_base_executable", None) or sys.executable)
' "$wanted" 2>/dev/null
}

first_usable() {
    for candidate in "$@"; do
        usable "$candidate" && exit 0
    done
}

if [ -n "${PYTHON:-}" ]; then
    first_usable "$PYTHON"
    [ -n "$wanted" ] || echo "PYTHON=$PYTHON is no Python of 3.12 or newer with its venv and ssl modules." >&2
    exit 1
fi

if [ -n "$wanted" ]; then
    first_usable "python$wanted" python3
else
    first_usable python3.13 python3.12 python3.14 python3 python
fi
pyenv_root=$(pyenv root 2>/dev/null) || pyenv_root=${PYENV_ROOT:-$HOME/.pyenv}
first_usable "$pyenv_root"/versions/3.13*/bin/python "$pyenv_root"/versions/3.1[2-9]*/bin/python
if command -v uv >/dev/null 2>&1; then
    first_usable "$(uv python find "${wanted:->=3.12}" 2>/dev/null)"
    if [ -z "$wanted" ] && uv python install --quiet 3.13 2>/dev/null; then
        first_usable "$(uv python find 3.13 2>/dev/null)"
    fi
fi
[ -n "$wanted" ] || echo "\
Okoshi needs Python 3.12 or newer with its venv module, and none was found
(tried python3.13, python3.12, python3.14, python3, pyenv and uv). Install one, for instance:
    Debian, Ubuntu    sudo apt-get install python3 python3-venv
    macOS             brew install python@3.13
    pyenv             pyenv install 3.13
    uv                uv python install 3.13
or name the one to take:  make run PYTHON=/path/to/python3" >&2
exit 1
