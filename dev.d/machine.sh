# SPDX-License-Identifier: GPL-3.0-or-later
# Which machine is this: one that has the versions of DESIGN section 2, or one that needs a root? Sourced.

packages ()
{
  local list
  for list in "$@"; do
    grep -v '^#' "$project/dev.d/packages-$list"
  done
}

# Debian and its kin say what they could install, so that missing packages are told from old ones.
candidates_are_recent ()
{
  command -v apt-cache >/dev/null && command -v dpkg >/dev/null || return 1
  local package floor candidate
  while read -r package floor; do
    candidate=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null |
                  sed -n 's/^ *\(Candidate\|Installed\): *//p' | sort -rV | head -n 1)
    [[ $candidate == [0-9]* ]] && dpkg --compare-versions "$candidate" ge "$floor" || return 1
  done <<'END'
libgtk-4-dev 4.18
libadwaita-1-dev 1.7
libssh2-1-dev 1.11.1
libglib2.0-dev 2.84
blueprint-compiler 0.16
meson 1.7
END
}

libraries_are_recent ()
{
  command -v pkg-config >/dev/null || return 1
  pkg-config --exists 'glib-2.0 >= 2.84' 'gtk4 >= 4.18' 'libadwaita-1 >= 1.7' \
    'libssh2 >= 1.11.1' 'libsecret-1 >= 0.21' 'libseccomp >= 2.5'
}

# True where no root is needed. SALLYPORT_ROOT=1 asks for the root all the same.
machine_is_recent ()
{
  [[ ${SALLYPORT_ROOT:-0} != 1 ]] || return 1
  candidates_are_recent || libraries_are_recent
}

# Ends with the one line to type if a package of the lists is missing here.
demand_packages ()
{
  command -v dpkg-query >/dev/null || return 0
  local package missing=()
  while read -r package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done < <(packages "$@")
  ((${#missing[@]} == 0)) || die "packages are missing. This installs them:
  sudo apt-get install --no-install-recommends ${missing[*]}"
}
