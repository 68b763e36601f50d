# SPDX-License-Identifier: GPL-3.0-or-later
# ./dev flatpak: builds the Flatpak, installs it for a test user and does the main job in its sandbox. Sourced.

readonly flatpak_id=io.github.sallyport.Sallyport
readonly flatpak_manifest=$project/flatpak/$flatpak_id.yml
readonly flatpak_build=$project/build/flatpak
readonly flathub=https://dl.flathub.org/repo/flathub.flatpakrepo
readonly flathub_seconds=20

# Where Flatpak can work: a mount and PID namespace with the root of the other verbs, but without
# bubblewrap around it. What runs there ends with this process.
settle_flatpak ()
{
  local root=/ inside=host folders=("$project" "$cache") common isolate
  [[ -z ${SALLYPORT_INSIDE:-} ]] || return 0
  if machine_is_recent; then
    demand_packages build test flatpak
  else
    root=$cache/$(root_name)
    inside=${root##*/}
    ensure_root "$root"
  fi
  # A worktree's repository lies elsewhere.
  common=$(git -C "$project" rev-parse --path-format=absolute --git-common-dir 2>/dev/null) || common=
  [[ -z $common || $common == "$project"/* ]] || folders+=("$common")
  mkdir -p -- "$cache" "$project/build"

  isolate=("${become_root[@]}")
  ((${#isolate[@]} > 0)) || isolate=(unshare)
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run/home USER=root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
    XDG_CACHE_HOME="${cache%/*}" SALLYPORT_INSIDE="$inside" \
    "${isolate[@]}" --mount --propagation private --pid --fork --kill-child \
    "$project/dev.d/pivot" "$root" "${folders[@]}" -- "$project/dev" flatpak "$@"
}

runtime_name ()
{
  local hash
  hash=$({ cat "$project"/flatpak/stand-in/*; manifest_value runtime-version; } | sha256sum)
  printf 'runtime-%s' "${hash:0:12}"
}

manifest_value ()
{
  sed -n "s/^$1: *'\{0,1\}\([^']*\)'\{0,1\}$/\1/p" "$flatpak_manifest"
}

# The real runtime where Flathub answers; else one of the same name, made of Debian's packages. The folder's
# file "ready" says which: flathub or stand-in.
ready_runtime ()
{
  local folder=$1 version start=$EPOCHREALTIME kind
  version=$(manifest_value runtime-version)
  export FLATPAK_SYSTEM_DIR=$folder/system
  [[ ! -e $folder/ready ]] || return 0

  mkdir -p -- "$folder"
  if timeout "$flathub_seconds" flatpak --system remote-add --if-not-exists runtimes "$flathub" 2>/dev/null; then
    kind=flathub
    say "Fetching org.gnome.Platform//$version from Flathub"
  else
    kind=stand-in
    say "Flathub cannot be reached: making a stand-in for org.gnome.Platform//$version of Debian's packages (once)"
    rm -rf -- "$FLATPAK_SYSTEM_DIR"
    "$project/flatpak/stand-in/make" "$folder" "$version" || die "the stand-in runtime could not be made: see above"
    flatpak --system remote-add --no-gpg-verify runtimes "file://$folder/repo"
  fi
  flatpak --system install -y --noninteractive runtimes "org.gnome.Platform//$version" "org.gnome.Sdk//$version" \
    >"$folder/install.log" 2>&1 || {
    cat "$folder/install.log" >&2
    die "the runtime could not be installed: see above"
  }
  printf '%s\n' "$kind" >"$folder/ready"
  tick "$start" "runtime and SDK ($kind)"
}

# Writes the manifest that can be built of Debian's archives, and names it.
make_stand_in_manifest ()
{
  local manifest=$flatpak_build/manifest.yml theirs ours name rules=()
  while read -r theirs ours name; do
    [[ $theirs == '#'* ]] || rules+=(-e "/^ *url:/{N;s|: .*\n\( *\)sha256: $theirs|: file:///$name\n\1sha256: $ours|}")
  done <"$project/flatpak/stand-in/archives"
  sed "${rules[@]}" -e "s|path: \.\.\$|path: $project|; s|path: patches/|path: $project/flatpak/patches/|" \
    "$flatpak_manifest" >"$manifest"
  printf '%s' "$manifest"
}

# Lines of "source package, checksum, name of the file" for the manifest's archives. The package has the name of
# the archive, or where that is a bare version, of the module.
manifest_archives ()
{
  local manifest=$1
  awk '$1 == "-" && $2 == "name:" { module = $3 }
    $1 == "url:" { name = $2; sub (".*/", "", name) }
    $1 == "sha256:" { package = name; if (!sub (/-[0-9].*/, "", package)) package = module; print package, $2, name }' \
    "$manifest"
}

# Without the network's help flatpak-builder finds an archive where an earlier run would have left it. The
# source packages of Debian hold them, byte for byte: known by their checksums.
place_sources ()
{
  local manifest=$1 folder start=$EPOCHREALTIME package sum name missing=() downloads=$flatpak_build/state/downloads
  while read -r package sum name; do
    [[ -e $downloads/$sum/$name ]] || missing+=("$package")
  done < <(manifest_archives "$manifest")
  ((${#missing[@]} > 0)) || return 0

  folder=$(mktemp -d)
  (fetch_sources "$folder" "${missing[@]}") >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    die "Debian's source packages could not be fetched: see above"
  }
  while read -r package sum name; do
    mkdir -p "$downloads/$sum"
    (cd "$folder" && sha256sum -- *.orig.tar.*) | sed -n "s/^$sum  //p" | while read -r archive; do
      cp -- "$folder/$archive" "$downloads/$sum/$name"
    done
    [[ -e $downloads/$sum/$name ]] || die "no source package of Debian holds the $name that the manifest names"
  done < <(manifest_archives "$manifest")
  rm -rf -- "$folder" "$folder.log"
  tick "$start" "sources of ${missing[*]}"
}

run_builder ()
{
  local kind=$1 manifest=$2 offline=() start=$EPOCHREALTIME
  [[ $kind == flathub ]] || offline=(--disable-download)
  say "Building $flatpak_id"
  nice flatpak-builder --disable-rofiles-fuse --disable-updates "${offline[@]}" --force-clean \
    --state-dir="$flatpak_build/state" --default-branch=stable --repo="$flatpak_build/repo" \
    "$flatpak_build/app" "$manifest" >"$flatpak_build/build.log" 2>&1 || {
    tail -n 40 "$flatpak_build/build.log" >&2
    die "the build failed: see above, and build/flatpak/build.log"
  }
  tick "$start" "built"
}

# A bundle that names Flathub brings its runtime along, but cannot be installed without it: the tests' does not.
make_bundles ()
{
  local kind=$1 start=$EPOCHREALTIME bundle=$flatpak_build/$flatpak_id.flatpak
  flatpak build-update-repo "$flatpak_build/repo" >/dev/null
  flatpak build-bundle "$flatpak_build/repo" "$flatpak_build/test.flatpak" "$flatpak_id" stable
  if [[ $kind == flathub ]]; then
    flatpak build-bundle --runtime-repo="$flathub" "$flatpak_build/repo" "$bundle" "$flatpak_id" stable
  else
    cp -- "$flatpak_build/test.flatpak" "$bundle"
  fi
  tick "$start" "bundle"
}

verb_flatpak ()
{
  local kind start=$SECONDS manifest=$flatpak_manifest
  local bundle=$flatpak_build/$flatpak_id.flatpak runtime=$cache/$(runtime_name)
  ensure_packages flatpak
  # A file that the tests left beside the sources would have everything built anew.
  export PYTHONDONTWRITEBYTECODE=1
  mkdir -p -- "$flatpak_build" "$HOME"
  ready_runtime "$runtime"
  kind=$(<"$runtime/ready")
  if [[ $kind != flathub ]]; then
    manifest=$(make_stand_in_manifest)
    place_sources "$manifest"
  fi
  run_builder "$kind" "$manifest"
  "$project/flatpak/check" "$flatpak_manifest" "$flatpak_build/app" || die "the Flatpak breaks a rule: see above"
  make_bundles "$kind"

  say "The main job, by an ordinary user in the sandbox"
  "$project/tests/flatpak/run" "$flatpak_build/test.flatpak" || die "the main job failed in the sandbox: see above"
  say "build/flatpak/${bundle##*/}, $(du -h --apparent-size "$bundle" | cut -f1)"
  [[ $kind == flathub ]] || say "(made on the stand-in runtime: for tests on this machine, not for release)"
  say "main job passed in the sandbox, $((SECONDS - start)) s"
}
