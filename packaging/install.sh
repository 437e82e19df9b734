#!/bin/sh
# Installs warder below a folder, or removes it. `make install` and the tarball both use this.
#
#   install.sh [--prefix DIR] [--units DIR]
#   install.sh --uninstall [--prefix DIR]
#
# Every file is written beside its place first and then renamed: neither a full disk nor a kill leaves half a file, and
# a warder that runs goes on with the old one.
set -eu
umask 022

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=
units=
action=install
# The one list of what was installed; packages, which DESTDIR is for, have a list of their own.
list=share/warder/installed
copy=share/warder/install.sh
suffix=.warder-new
newline='
'

usage() {
    cat <<'END'
Usage: install.sh [--prefix DIR] [--units DIR]
       install.sh --uninstall [--prefix DIR]

  --prefix DIR   install below DIR; by default ~/.local, for root /usr/local
  --units DIR    put systemd's user units into DIR; by default
                 share/systemd/user below the prefix
  --uninstall    remove what install.sh installed; keys and settings stay

DESTDIR=DIR in the environment installs below DIR, for building a package.
END
}

die() {
    printf 'install.sh: %s\n' "$1" >&2
    shift
    for hint; do printf 'hint: %s\n' "$hint" >&2; done
    exit 1
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --prefix | --units) [ -n "${2-}" ] || die "$1 needs a folder" ;;
            --prefix= | --units=) die "${1%=} needs a folder" ;;
        esac
        case $1 in
            --prefix) prefix=$2 && shift 2 ;;
            --prefix=*) prefix=${1#*=} && shift ;;
            --units) units=$2 && shift 2 ;;
            --units=*) units=${1#*=} && shift ;;
            --uninstall) action=uninstall && shift ;;
            -h | --help) usage && exit ;;
            *) die "unknown argument $1" 'install.sh --help' ;;
        esac
    done
}

# The folder of the copy that is installed is two below its prefix.
default_prefix() {
    if [ ! -e "$here/bin/warder" ] && [ "$here" != "${here%/share/warder}" ]; then
        printf '%s\n' "${here%/share/warder}"
    elif [ "$(id -u)" = 0 ]; then
        echo /usr/local
    elif [ -n "${HOME:-}" ]; then
        printf '%s\n' "$HOME/.local"
    else
        die 'HOME is not set' 'install.sh --prefix DIR'
    fi
}

# The path from the root folder on, without "." and "..".
absolute() {
    case $1 in
        /*) path=$1 ;;
        *) path=$PWD/$1 ;;
    esac
    whole=
    set -f
    IFS=/
    for part in $path; do
        case $part in
            '' | .) ;;
            ..) whole=${whole%/*} ;;
            *) whole=$whole/$part ;;
        esac
    done
    [ -n "$whole" ] || die 'the root folder cannot be the prefix' 'install.sh --prefix /usr/local'
    printf '%s\n' "$whole"
}

settle_folders() {
    [ -n "$prefix" ] || prefix=$(default_prefix)
    [ -n "$units" ] || units=$prefix/share/systemd/user
    for folder in "$prefix" "$units"; do
        # systemd would read these in the path of a unit.
        case $folder in
            *[\"\\\$%\'\`]* | *"$newline"*)
                die "the path $folder contains a quote, a backslash, a dollar or percent sign, or a newline" ;;
        esac
    done
    prefix=$(absolute "$prefix")
    units=$(absolute "$units")
}

# What is installed, as paths below the prefix.
contents() { (cd "$here" && walk bin && walk share); }

# Small systems have no find(1).
walk() {
    for name in "$1"/*; do
        if [ -d "$name" ] && [ ! -L "$name" ]; then
            walk "$name"
        elif is_there "$name"; then
            printf '%s\n' "$name"
        fi
    done
}

is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# Where a file of `contents` goes, without DESTDIR.
place() {
    case $1 in
        share/systemd/user/*) printf '%s\n' "$units/${1##*/}" ;;
        *) printf '%s\n' "$prefix/$1" ;;
    esac
}

# The name beside a path that it has until it is whole: another for each process, since two may install at once.
beside() { printf '%s\n' "${1%/*}/.${1##*/}.$$$suffix"; }

# Removes what this process has not renamed, and what those left that were killed.
clean_up() {
    { entries && printf '%s\n' "$list" && listed; } | while IFS= read -r entry; do
        target=$root$(located "$entry")
        for left in "${target%/*}/.${target##*/}".*"$suffix"; do
            is_there "$left" || continue
            process=${left%"$suffix"}
            process=${process##*.}
            if [ "$process" = $$ ] || ! kill -0 "$process" 2>/dev/null; then rm -f "$left"; fi
        done
    done
}

# Copies $1 to $2's place with mode $3.
write_beside() {
    new=$(beside "$2")
    mkdir -p "${2%/*}" && rm -f "$new" || return 1
    case $1 in
        */systemd/user/*) sed "s|@PREFIX@/bin/warder|$(program | sed 's/[&|]/\\&/g')|" "$1" >"$new" ;;
        *) cp -P "$1" "$new" ;;
    esac || return 1
    # chmod would follow a link, to a page that is perhaps not there yet.
    [ -L "$new" ] || chmod "$3" "$new"
}

# systemd needs quotes around a path with a blank in it.
program() {
    case $prefix in
        *[[:blank:]]*) printf '"%s/bin/warder"\n' "$prefix" ;;
        *) printf '%s/bin/warder\n' "$prefix" ;;
    esac
}

mode() { case $1 in bin/*) echo 755 ;; *) echo 644 ;; esac }

write_all_beside() {
    contents | while IFS= read -r file; do
        target=$root$(place "$file")
        [ ! -d "$target" ] || die "$target is a folder"
        write_beside "$here/$file" "$target" "$(mode "$file")" || die "cannot write $target; nothing has changed"
    done
}

rename_all() {
    # The program last: until then the old one runs, with the new files beside it.
    for top in share bin; do
        contents | while IFS= read -r file; do
            if [ "${file%%/*}" != "$top" ]; then continue; fi
            target=$root$(place "$file")
            mv -f "$(beside "$target")" "$target" || die "cannot rename to $target" "run install.sh again"
        done
    done
}

# The program's new name is run where it will be: the tarball may lie where nothing may be run.
check_that_it_runs() {
    new=$(beside "$root$prefix/bin/warder")
    if said=$("$new" --version 2>&1); then return; fi
    case $said in
        *libcrypto.so.3*cannot\ open*)
            die 'warder needs OpenSSL 3 (libcrypto.so.3), which is not installed' "$(openssl_package)" ;;
        *GLIBC_*not\ found*)
            needed=$(printf '%s\n' "$said" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
            die "warder needs glibc $needed or newer; this machine has $(getconf GNU_LIBC_VERSION 2>/dev/null)" \
                'build warder from source on this machine' ;;
        *Permission\ denied*)
            die "no program can be run below $prefix" 'is its disk mounted with noexec? install.sh --prefix DIR' ;;
    esac
    die "warder does not run on this machine ($(uname -sm)): $said" \
        'the tarball is for Linux with glibc, on the processor that its name ends with'
}

openssl_package() {
    while read -r manager package; do
        if command -v "$manager" >/dev/null; then echo "$manager install $package" && return; fi
    done <<'END'
apt-get libssl3
dnf openssl-libs
yum openssl-libs
zypper libopenssl3
END
    if command -v pacman >/dev/null; then echo 'pacman -S openssl'; else echo 'install OpenSSL 3.0 or newer'; fi
}

# What the list has: paths below the prefix, which may be reached by another name or be moved, and the whole path of a
# unit that is elsewhere.
entries() {
    contents | while IFS= read -r file; do
        target=$(place "$file")
        printf '%s\n' "${target#"$prefix"/}"
    done
    printf '%s\n' "$copy"
}

# Where what stands in the list is.
located() { case $1 in /*) printf '%s\n' "$1" ;; *) printf '%s\n' "$prefix/$1" ;; esac }

# Writes the list: what is installed, and what $@ prints.
write_list() {
    target=$root$prefix/$list
    new=$(beside "$target")
    placed=$root$prefix/$copy
    if ! { entries && "$@"; } | LC_ALL=C sort -u >"$new" || ! mv -f "$new" "$target" ||
        ! write_beside "$here/install.sh" "$placed" 755 || ! mv -f "$(beside "$placed")" "$placed"; then
        die "cannot write $target"
    fi
}

listed() { if [ -f "$root$prefix/$list" ]; then cat "$root$prefix/$list"; fi; }

install_files() {
    [ -e "$here/bin/warder" ] || die "there is no bin/warder beside $0" \
        'unpack the whole tarball, and run install.sh from its folder'
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    refuse_folder_of_another
    [ ! -d "$root$prefix/$list" ] || die "$root$prefix/$list is a folder"
    clean_up
    write_all_beside
    if [ -z "$root" ]; then
        check_that_it_runs
        # With the old one's files too, so that no file is ever without a list.
        write_list listed
        rename_all
        remove_what_is_no_longer_installed
        write_list :
        sh "$here/after-install" "$prefix"
    else
        rename_all
    fi
}

# What root puts into a user's folder is root's, and so would be the folder that the vault belongs in.
refuse_folder_of_another() {
    if [ -n "$root" ] || [ "$(id -u)" != 0 ]; then return; fi
    folder=$prefix
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
    [ -O "${folder:-/}" ] || die "$folder belongs to another user" \
        'install as that user, or for all users: install.sh --prefix /usr/local'
}

remove_what_is_no_longer_installed() {
    installed=$newline$(entries)$newline
    listed | while IFS= read -r entry; do
        case $installed in
            *"$newline$entry$newline"*) ;;
            *) remove "$entry" ;;
        esac
    done
}

# Removes what stands in the list, and the folders above it that this leaves empty, up to the prefix.
remove() {
    case /${1#/}/ in
        */../* | */./* | *//*) return 0 ;;
        # No list is a reason to remove the user's keys, which below ~/.local are there.
        /share/warder/vault* | /share/warder/store* | /share/warder/trusted*) return 0 ;;
    esac
    case $1 in
        /*/warder-*.service | /*/warder-*.timer) ;;
        /* | '') return 0 ;;
    esac
    gone=$(located "$1")
    # A damaged list may have anything in it.
    is_there "$root$gone" || return 0
    if [ -d "$root$gone" ] && [ ! -L "$root$gone" ]; then return 0; fi
    rm -f "$root$gone" || die "cannot remove $root$gone"
    folder=${gone%/*}
    while [ "$folder" != "$prefix" ] && [ "$folder" != "${folder#"$prefix"/}" ]; do
        # Debian's own, though they may be empty; /usr/local/man leads to the last.
        case $folder in /usr/local/bin | /usr/local/share | /usr/local/share/man) break ;; esac
        rmdir "$root$folder" 2>/dev/null || break
        folder=${folder%/*}
    done
}

# Never the folder share/warder itself, unless it is empty: below ~/.local it holds the vault.
uninstall() {
    if [ ! -e "$here/bin/warder" ] && [ ! -e "$root$prefix/$list" ]; then
        die "warder is not installed below $prefix, or not by install.sh" 'install.sh --uninstall --prefix DIR'
    fi
    clean_up
    files=$(if [ -e "$here/bin/warder" ]; then entries; fi && listed)
    while IFS= read -r entry; do remove "$entry"; done <<END
$files
END
    remove "$list"
    if [ -z "$root" ]; then say_what_stays; fi
}

say_what_stays() {
    echo 'Removed warder. Keys, settings and logs stay.' \
        'Delete the lines of warder from the start-up files of your shells.'
    for link in "${XDG_CONFIG_HOME:-${HOME:-}/.config}"/systemd/user/*.wants/warder-*; do
        if [ -L "$link" ]; then echo "rm '$link'   # disables a unit that you enabled"; fi
    done
}

read_arguments "$@"
root=${DESTDIR:-}
root=${root%/}
settle_folders
case $action in
    install) install_files ;;
    uninstall) uninstall ;;
esac
