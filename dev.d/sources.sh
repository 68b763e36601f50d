# SPDX-License-Identifier: GPL-3.0-or-later
# Archives of other projects' sources, from Debian's source packages, which hold them byte for byte: known by their
# checksums. Sourced.

# Where Meson finds them: subprojects/*.wrap.
readonly archives=/usr/src/sallyport

# Debian's source packages, in a folder $1 with lists of its own.
fetch_sources ()
{
  local folder=$1 options package
  shift
  mkdir -p "$folder/parts" "$folder/state"
  cat /etc/apt/sources.list 2>/dev/null | sed 's/^deb /deb-src /' >"$folder/sources.list"
  cp /etc/apt/sources.list.d/*.sources "$folder/parts/" 2>/dev/null &&
    sed -i 's/^Types:.*/Types: deb-src/' "$folder"/parts/*
  chmod -R a+rwX "$folder"
  options=(-qq -o "Dir::Etc::sourcelist=$folder/sources.list" -o "Dir::Etc::sourceparts=$folder/parts"
    -o "Dir::State::lists=$folder/state")
  cd "$folder"
  apt-get "${options[@]}" update
  for package in "$@"; do
    apt-get "${options[@]}" source --download-only --tar-only "$package"
  done
}

# wrap_value KEY: of the one wrap file.
wrap_value ()
{
  sed -n "s/^$1 *= *//p" "$project/subprojects/libssh2.wrap"
}

# Once in a root. Elsewhere Meson fetches the archive itself. Without it the build takes the system's library.
ensure_sources ()
{
  local name folder archive
  [[ $SALLYPORT_INSIDE != host ]] || return 0
  export MESON_PACKAGE_CACHE_DIR=${MESON_PACKAGE_CACHE_DIR:-$archives}
  name=$(wrap_value source_filename)
  [[ ! -e $archives/$name ]] || return 0

  say "Fetching $name"
  chmod 1777 /tmp
  folder=$(mktemp -d)
  (fetch_sources "$folder" libssh2) >"$folder.log" 2>&1 || cat "$folder.log" >&2
  mkdir -p "$archives"
  for archive in "$folder"/*.orig.tar.*; do
    if sha256sum --check --status <<<"$(wrap_value source_hash)  $archive" 2>/dev/null; then
      install -m 644 -- "$archive" "$archives/.$name" && mv -- "$archives/.$name" "$archives/$name"
    fi
  done
  [[ -e $archives/$name ]] || say "It could not be fetched: the build takes the system's library." >&2
  rm -rf -- "$folder" "$folder.log"
}
