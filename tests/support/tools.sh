#!/usr/bin/env bash
# Makes sure that Chromium, PostgreSQL, PgBouncer, nginx and a C compiler are installed, and says plainly what to do when it cannot.
set -euo pipefail

missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    missing+=(chromium)
command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
    missing+=(postgresql)
# Debian puts these two where only root looks.
for program in pgbouncer nginx; do
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$program")
done
echo '#include <stdio.h>' | "$(command -v gcc || command -v cc || echo false)" -E - >/dev/null 2>&1 ||
    missing+=(gcc libc6-dev)
[ ${#missing[@]} -eq 0 ] && exit 0

say_how() {
    echo "The tests need these programs, which are not installed: ${missing[*]}." >&2
    echo "Install them (on Debian and Ubuntu: sudo apt-get install ${missing[*]}), or run 'make check', which does without." >&2
    exit 1
}

command -v apt-get >/dev/null || say_how
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    say_how
fi

echo "Installing ${missing[*]} ..."
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
"${install[@]}" update >/dev/null || say_how
"${install[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null || say_how
