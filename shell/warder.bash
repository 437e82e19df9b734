# shellcheck shell=bash
# warder's hook for bash, 4.4 or newer. In ~/.bashrc:
#
#   eval "$(warder hook bash)"
#
# It makes `warder use` and `warder drop` change this shell, uses the profile that a folder's .warder names, and keeps
# $WARDER_PROMPT ("prod 3h12m") up to date for the prompt. The variables' previous values are kept in shell
# variables that are never exported. While a session is far from its end, a prompt starts no process.

# `function`, so that the shell does not expand an alias of this name in the definition.
function warder {
    case ${1-} in
        use)
            shift
            __warder_use '' "$@"
            ;;
        drop)
            shift
            __warder_drop "$@"
            ;;
        trust | distrust)
            \command warder "$@" || return
            __warder_look_again
            ;;
        *) \command warder "$@" ;;
    esac
}

# --- use and drop -----------------------------------------------------------------------------------------------------

# Uses a profile; $1 is the folder whose .warder names it, or empty. Tracing is off here: the values are secret.
__warder_use() {
    { local - && set +aeEkTuvx; } 2>/dev/null
    local maker=$1 word way='' script frame=${#__warder_names[@]}
    local -A was=()
    local -a odd=()
    shift
    for word; do
        case $word in
            -h | --help | --version)
                \command warder use "$@"
                return
                ;;
            --shell | --shell=*)
                printf 'warder: use takes no --shell here, since this shell is meant\nhint: %s\n' \
                    'for statements of another one: command warder use --shell' >&2
                return 2
                ;;
            --keys) way=${way:-$word} ;;
            --read-only) way=$word ;;
            --) break ;;
        esac
    done
    __warder_save || return
    if [[ $- == *i* && $BASH_SUBSHELL != 0 && ! -t 1 ]]; then
        printf 'warder: this is a subshell, and the profile is used in it alone\nhint: no pipe, and no command substitution\n' >&2
    fi
    script=$(\command warder use --shell bash "$@") || return
    case $script in
        'export '* | 'unset '*) __warder_take "$maker" "$way" ;;
        *) [[ -z $script ]] || printf '%s\n' "$script" ;;
    esac
}

# Evaluates $script, and records how to undo it: `was`, the previous values, and what the script set. Using the profile
# at the top again replaces its frame.
__warder_take() {
    local depth=$frame name value flags
    for name in "${odd[@]}"; do
        value=${!name-} flags=${!name@a}
        unset -v "$name"
        printf -v "$name" %s "$value"
        if [[ $flags == *x* ]]; then export "${name?}"; fi
    done
    # A profile without a region gets the region from before the first use, not that of the previous profile.
    if ((depth)) && [[ $'\n'$script != *$'\nexport AWS_REGION='* ]]; then
        __warder_give_back 0 AWS_REGION AWS_DEFAULT_REGION
    fi
    if ! eval "$script"; then
        for name in "${__warder_variables[@]}"; do eval "${was[$name]}"; done
        return 1
    fi
    if ((depth)) && [ "${__warder_names[depth - 1]}" = "${WARDER_PROFILE-}" ]; then
        ((depth -= 1))
    else
        for name in "${__warder_variables[@]}"; do __warder_was[$depth.$name]=${was[$name]}; done
        __warder_names[depth]=${WARDER_PROFILE-}
        __warder_makers[depth]=$1
    fi
    __warder_ways[depth]=$2
    for name in "${__warder_variables[@]}"; do __warder_made[$depth.$name]=${!name+x}${!name-}; done
    __warder_forget_renewal
}

# Writes into `was` the statements that restore each variable with its attributes, and into $odd the variables that have
# attributes other than `exported`. Fails if a variable could not be restored.
__warder_save() {
    local name text flags
    odd=() was=()
    for name in "${__warder_variables[@]}"; do
        was[$name]="unset -v $name"$'\n'
        if declare -p "$name" &>/dev/null; then
            text=$(declare -p "$name")
            text=${text#declare }
            flags=${text%% *}
            case $flags in
                *r*) __warder_refuse "$name" readonly || return ;;
                *n*) __warder_refuse "$name" 'a reference' || return ;;
                -- | -x) ;;
                *) odd+=("$name") ;;
            esac
            was[$name]+="declare -g $text"$'\n'
        fi
    done
    name=$(__warder_locals) || __warder_refuse "$name" local
}

__warder_refuse() {
    printf 'warder: %s is %s here, and cannot be changed\nhint: start a new shell without that\n' "$1" "$2" >&2
    return 1
}

# For a subshell: fails if a running function hides one of the variables, and prints the first.
__warder_locals() {
    local name probe
    for name in "${__warder_variables[@]}"; do
        probe=1
        [ "${!name-}" != 1 ] || probe=2
        declare -g "$name=$probe"
        if [ "${!name-}" != "$probe" ]; then
            printf %s "$name"
            return 1
        fi
    done
}

# Restores the given variables to what they were before the frame $1. A variable that something else has changed since
# stays as it is.
__warder_give_back() {
    local name frame=$1 top=$((${#__warder_names[@]} - 1))
    shift
    for name; do
        if [ "${!name+x}${!name-}" = "${__warder_made[$top.$name]}" ]; then eval "${__warder_was[$frame.$name]}"; fi
    done
}

__warder_drop() {
    { local - && set +aeEkTuvx; } 2>/dev/null
    local depth=${#__warder_names[@]} to
    case $#:${1-} in
        0:) to=$((depth - 1)) ;;
        1:--all) to=0 ;;
        1:-h | 1:--help)
            \command warder drop "$1"
            return
            ;;
        *)
            printf 'warder: drop takes no such argument\nhint: warder drop, or warder drop --all\n' >&2
            return 2
            ;;
    esac
    if ((depth)); then
        __warder_restore "$to"
    elif [[ -n ${WARDER_PROFILE-} ]]; then
        # Inherited from the shell that started this one: only that shell knows the previous values.
        unset -v "${__warder_variables[@]}"
    elif ((to < 0)); then
        printf 'warder: no profile is in use\nhint: warder use PROFILE\n' >&2
        return 1
    fi
}

# Restores the variables to what they were before the frame $1, and drops that frame and those above it.
__warder_restore() {
    local name frame
    local -a odd=()
    local -A was=()
    __warder_save || return
    __warder_give_back "$1" "${__warder_variables[@]}"
    for ((frame = $1; frame < ${#__warder_names[@]}; frame++)); do
        for name in "${__warder_variables[@]}"; do
            unset -v "__warder_was[$frame.$name]" "__warder_made[$frame.$name]"
        done
    done
    __warder_names=("${__warder_names[@]:0:$1}")
    __warder_makers=("${__warder_makers[@]:0:$1}")
    __warder_ways=("${__warder_ways[@]:0:$1}")
    __warder_forget_renewal
}

# --- at each prompt ---------------------------------------------------------------------------------------------------

__warder_prompt() {
    # Not yet `local`: under `set -k` its assignments would go into its environment.
    set -- "$?" "$-"
    { local - && set +aeEkTuvx; } 2>/dev/null
    if [ "$PWD" != "$__warder_pwd" ] || __warder_has_changed; then
        __warder_pwd=$PWD
        __warder_walk
    fi
    if [[ -z ${WARDER_PROFILE-} ]] || [[ -z ${AWS_ACCESS_KEY_ID-} && ${AWS_PROFILE-} != "$WARDER_PROFILE" ]]; then
        WARDER_PROMPT=''
    else
        __warder_look_at_clock
    fi
    # The rest of the same prompt command sees this status. A failure would end a shell with `set -e`, and run the
    # ERR trap.
    [[ $2 == *e* ]] || [ "${PROMPT_COMMAND-}" = "$__warder_call" ] || return "$1"
}

__warder_look_at_clock() {
    local now left
    [ "${AWS_CREDENTIAL_EXPIRATION-}" = "$__warder_end_text" ] || __warder_read_end
    if [[ -z $__warder_end ]]; then
        WARDER_PROMPT=$WARDER_PROFILE
        return
    fi
    printf -v now '%(%s)T' -1
    left=$((__warder_end - now))
    if ((left < 600)); then __warder_renew; fi
    __warder_show
}

# shellcheck disable=SC2034  # WARDER_PROMPT is for the user's prompt
__warder_show() {
    if ((left >= 3600)); then
        printf -v WARDER_PROMPT '%s %dh%02dm' "$WARDER_PROFILE" "$((left / 3600))" "$((left % 3600 / 60))"
    elif ((left >= 60)); then
        WARDER_PROMPT="$WARDER_PROFILE $((left / 60))m"
    elif ((left > 0)); then
        WARDER_PROMPT="$WARDER_PROFILE ${left}s"
    else
        WARDER_PROMPT="$WARDER_PROFILE ended"
    fi
}

# When the session expires, in seconds since 1970; empty if no time is given.
__warder_read_end() {
    local LC_ALL=C text=${AWS_CREDENTIAL_EXPIRATION-} year month day
    __warder_end_text=$text __warder_end='' __warder_said=0 __warder_next=0
    [[ $text == [0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z ]] || return
    # Count years from 1 March, so that a leap day is the last day of a year.
    year=$((10#${text:0:4})) month=$((10#${text:5:2})) day=$((10#${text:8:2}))
    ((month > 2)) || ((year -= 1, month += 12))
    day=$((year * 365 + year / 4 - year / 100 + year / 400 + (153 * month - 457) / 5 + day - 719469))
    __warder_end=$((day * 86400 + 10#${text:11:2} * 3600 + 10#${text:14:2} * 60 + 10#${text:17:2}))
}

# --- near the end -----------------------------------------------------------------------------------------------------

# Reads the result of a background renewal, or starts one, or says that the session is about to expire.
__warder_renew() {
    local way depth=${#__warder_names[@]}
    if ((depth)) && [ "${__warder_names[depth - 1]}" = "$WARDER_PROFILE" ]; then
        way=${__warder_ways[depth - 1]}
    elif [[ -n ${AWS_ACCESS_KEY_ID-} ]]; then
        # Keys from elsewhere: it is not known how they were narrowed.
        way=unknown
    fi
    if [[ -n $__warder_reply ]]; then
        __warder_take_renewal && return
    elif [[ $way != unknown ]] && ((now >= __warder_next)); then
        __warder_start_renewal
        return
    fi
    ((now < __warder_next - 295)) || __warder_warn
}

# The result goes into a file, since a prompt must not wait for it.
__warder_start_renewal() {
    local folder=${XDG_RUNTIME_DIR-}
    local -a narrow=()
    [[ $way != --read-only ]] || narrow=("$way")
    __warder_next=$((now + 300))
    [[ $folder == /* && -O $folder && -w $folder ]] || folder=${XDG_CACHE_HOME:-${HOME-}/.cache}/warder
    [[ $folder == /* && -w $folder ]] || return
    __warder_reply=$folder/warder-renewal.$$.$now
    # In a subshell, so that neither `jobs` nor `$!` shows it.
    (
        umask 077
        __warder_renew_behind </dev/null &
    ) &>/dev/null
}

# Also removes the files of shells that have exited.
__warder_renew_behind() {
    local file owner
    \command warder renew --shell bash "${narrow[@]}" -- "$WARDER_PROFILE" >|"$__warder_reply"
    set +f
    shopt -u failglob
    for file in "$folder"/warder-renewal.*; do
        owner=${file#"$folder"/warder-renewal.}
        kill -0 "${owner%%.*}" || \command rm -f -- "$file"
    done
}

# Fails if there is no result yet. Takes new keys from the cache, where the renewal has put them.
__warder_take_renewal() {
    local end=''
    if [[ -s $__warder_reply ]]; then
        IFS='' read -r end <"$__warder_reply"
        \command rm -f -- "$__warder_reply"
        __warder_reply=''
    elif ((now >= __warder_next)); then
        __warder_forget_renewal
        return 1
    fi
    [[ -n $end && $end > $__warder_end_text ]] || return
    if [[ -z $way ]]; then
        export AWS_CREDENTIAL_EXPIRATION=$end
        if ((depth)); then __warder_made[$((depth - 1)).AWS_CREDENTIAL_EXPIRATION]="x$end"; fi
    else
        __warder_use '' "$way" --no-prompt -- "$WARDER_PROFILE" || return
    fi
    __warder_read_end
    left=$((__warder_end - now))
}

__warder_forget_renewal() {
    [[ -z $__warder_reply ]] || \command rm -f -- "$__warder_reply"
    __warder_reply=''
}

__warder_warn() {
    local command minutes name=${WARDER_PROFILE//[[:cntrl:]]/?}
    printf -v command 'warder use%s %q' "${way:+ $way}" "$WARDER_PROFILE"
    [[ $way != unknown ]] || command="take new ones"
    if ((left <= 0 && __warder_said < 2)); then
        __warder_said=2
        printf 'warder: the session of %s has ended\nhint: %s\n' "$name" "$command" >&2
    elif ((left > 0 && left <= 300 && __warder_said < 1)); then
        __warder_said=1
        minutes="$(((left + 59) / 60)) minutes"
        ((left > 60)) || minutes='a minute'
        printf 'warder: the session of %s ends in %s\nhint: %s\n' "$name" "$minutes" "$command" >&2
    fi
}

# --- one profile per folder -------------------------------------------------------------------------------------------

# The folder has changed: leaves the .warder folders that the shell is no longer in, and enters the nearest that it is
# in. The folder itself counts, not the link by which the user came.
__warder_walk() {
    local here found last first=$__warder_fresh
    __warder_fresh=''
    here=$(\builtin pwd -P 2>/dev/null && printf .) || here=$PWD$'\n.'
    here=${here%$'\n.'}
    while last=$((${#__warder_roots[@]} - 1)) && ((last >= 0)); do
        if __warder_is_in "${__warder_roots[last]}" && ! __warder_has_changed; then break; fi
        __warder_leave "$last"
    done
    found=${here%/}
    while [[ ! -e $found/.warder ]]; do
        if [[ -z $found || $found -ef ${HOME:-/} ]]; then return; fi
        found=${found%/*}
    done
    if ((last < 0)) || [ "$found" != "${__warder_roots[last]}" ]; then __warder_enter "$found" "$last"; fi
}

__warder_is_in() {
    [[ -e $1/.warder ]] || return
    [ "$here/" = "$1/" ] || [ "${here#"$1"/}" != "$here" ]
}

# The .warder of the last folder entered has changed since, or is gone. A profile that the user has chosen in the folder
# stays: until the user drops it, the file counts as unchanged.
__warder_has_changed() {
    local last=$((${#__warder_roots[@]} - 1)) depth=${#__warder_names[@]} text
    ((last >= 0)) || return
    __warder_read "${__warder_roots[last]}"
    [ "$text" != "${__warder_texts[last]}" ] || return
    ((depth <= __warder_depths[last])) || [[ -n ${__warder_makers[depth - 1]} ]]
}

# Reads the .warder of the folder $1 into `text`, at most one byte more than it may hold, without a process. Does not
# read from a pipe, which would block the prompt.
__warder_read() {
    text=''
    [[ -f $1/.warder ]] || return 0
    { IFS='' \builtin read -r -d '' -n 4097 text <"$1/.warder"; } 2>/dev/null
    text=$?$text
}

__warder_leave() {
    local floor=${__warder_floors[$1]}
    __warder_roots=("${__warder_roots[@]:0:$1}")
    __warder_floors=("${__warder_floors[@]:0:$1}")
    __warder_depths=("${__warder_depths[@]:0:$1}")
    __warder_answers=("${__warder_answers[@]:0:$1}")
    __warder_texts=("${__warder_texts[@]:0:$1}")
    if ((floor >= 0 && ${#__warder_names[@]} > floor)); then __warder_restore "$floor"; fi
}

# A profile that the user has chosen inside the outer folder stays. Changing folders never prompts.
__warder_enter() {
    local depth=${#__warder_names[@]} floor=-1 answer='' around=-1 name profile inherited=${WARDER_PROFILE-} text
    if ! type -P warder >/dev/null; then
        [[ -n ${__warder_failed[path]-} ]] || printf 'warder: it is not in PATH, so %s is not looked at\nhint: %s\n' \
            "${1//[[:cntrl:]]/?}/.warder" 'add its folder to PATH' >&2
        __warder_failed[path]=said
        return
    fi
    # Read before it is checked, so that a change in between is noticed.
    __warder_read "$1"
    ((last < 0)) || around=${__warder_floors[last]}
    if ((around < 0 || depth <= around)) || [[ -n ${__warder_makers[depth - 1]} ]]; then
        answer=$(\command warder folder --shell-hook) && floor=$depth
    fi
    __warder_roots[last + 1]=$1
    __warder_floors[last + 1]=$floor
    __warder_depths[last + 1]=$depth
    __warder_answers[last + 1]=$answer
    __warder_texts[last + 1]=$text
    ((floor >= 0)) || return
    profile=${answer%%$'\t'*}
    __warder_use_quietly "$1" "$profile" || return
    # Started from a shell that has entered the folder: only that shell knows the previous values.
    if [[ -n $first ]] && ((depth == 0)) && [ "$inherited" = "$profile" ]; then
        for name in "${__warder_variables[@]}"; do __warder_was[0.$name]="unset -v $name"; done
    fi
}

# Says once why a folder's profile cannot be used, until it can.
__warder_use_quietly() {
    local last=${__warder_failed[x$2]-} status
    if [[ -n $last ]]; then
        __warder_use "$1" --no-prompt -- "$2" 2>/dev/null
        status=$?
        if ((status && status == last)); then return "$status"; fi
    fi
    if [[ -z $last ]] || ((status)); then
        __warder_use "$1" --no-prompt -- "$2"
        status=$?
    fi
    __warder_failed[x$2]=${status#0}
    return "$status"
}

# After `trust`: a folder that was not trusted may be now, or the reverse. A profile that the user has chosen in it
# stays.
__warder_look_again() {
    { local - && set +aeEkTuvx; } 2>/dev/null
    local last=$((${#__warder_roots[@]} - 1)) depth=${#__warder_names[@]} answer
    if ((last >= 0)); then
        answer=$(\command warder folder --shell-hook 2>/dev/null)
        if [ "$answer" = "${__warder_answers[last]}" ]; then return 0; fi
        if ((depth > __warder_depths[last])) && [[ -z ${__warder_makers[depth - 1]} ]]; then return 0; fi
        __warder_leave "$last"
    fi
    __warder_pwd=''
}

# --- loading ----------------------------------------------------------------------------------------------------------

# Loading it twice is harmless. Only an interactive shell gets something to do at its prompt.
__warder_load() {
    { local - && set +aeEkTuvx; } 2>/dev/null
    if ! declare -p __warder_made &>/dev/null; then
        declare -ga __warder_names=() __warder_makers=() __warder_ways=()
        declare -gA __warder_was=() __warder_made=() __warder_failed=()
        declare -ga __warder_roots=() __warder_floors=() __warder_depths=() __warder_answers=() __warder_texts=()
        declare -g __warder_fresh=1 __warder_pwd='' __warder_reply='' __warder_end_text='' __warder_end=''
        declare -g __warder_said=0 __warder_next=0
        declare -ga __warder_variables=(
            AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN AWS_ACCESS_KEY AWS_SECRET_KEY
            AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_CREDENTIAL_EXPIRATION AWS_VAULT
            WARDER_PROFILE
        )
    fi
    # If exported, it reaches shells that do not have this function.
    # shellcheck disable=SC2016
    declare -g __warder_call='${__warder_variables:+"__warder_prompt"}'
    [[ $- == *i* ]] || return 0
    if alias warder &>/dev/null; then
        printf 'warder: an alias of that name hides the hook\nhint: unalias warder\n' >&2
    fi
    [[ "${PROMPT_COMMAND[*]-}" == *__warder_prompt* ]] || __warder_hang_in
}

# Runs before the other commands, whose prompts may show the profile, and after direnv: what direnv sets on entering a
# folder it takes back on leaving, so warder's changes must happen in between.
__warder_hang_in() {
    local commands element direnv='' own=$__warder_call
    local -a before=() after=()
    commands=$(declare -p PROMPT_COMMAND 2>/dev/null)
    commands=${commands#declare }
    if [[ ${commands%% *} == *r* ]]; then
        printf 'warder: PROMPT_COMMAND is readonly, so nothing is done at the prompt\nhint: load the hook first\n' >&2
    elif [[ $commands == -a* ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] > 500)); then
        for element in "${PROMPT_COMMAND[@]}"; do
            if [[ -z $direnv && " ${PROMPT_COMMAND[*]} " == *_direnv_hook* ]]; then
                before+=("$element")
                [[ $element != *_direnv_hook* ]] || direnv=1
            else
                after+=("$element")
            fi
        done
        PROMPT_COMMAND=("${before[@]}" "$own" "${after[@]}")
    else
        # If it is an array in an older bash, this is the first element, the only one that counts there.
        # shellcheck disable=SC2128,SC2178
        case ";${PROMPT_COMMAND-};" in
            *';_direnv_hook;'*) PROMPT_COMMAND=${PROMPT_COMMAND/_direnv_hook/"_direnv_hook;$own"} ;;
            *) PROMPT_COMMAND="$own${PROMPT_COMMAND:+; $PROMPT_COMMAND}" ;;
        esac
    fi
}
__warder_load
