# warder's hook for fish, 3.6 or newer. In ~/.config/fish/config.fish:
#
#   warder hook fish | source
#
# It makes `warder use` and `warder drop` change this shell, uses the profile that a folder's .warder names, and keeps
# $WARDER_PROMPT ("prod 3h12m") up to date for the prompt. The variables' previous values are kept in global
# variables that are never exported. While a session is far from its end, a prompt starts no process.

function warder --description 'Short-lived AWS sessions'
    switch "$argv[1]"
        case use
            __warder_use '' $argv[2..]
        case drop
            __warder_drop $argv[2..]
        case trust distrust
            command warder $argv
            or return
            __warder_look_again
        case '*'
            command warder $argv
    end
end

# --- use and drop -----------------------------------------------------------------------------------------------------

# Uses a profile; the first argument is the folder whose .warder names it, or empty.
function __warder_use --argument-names maker
    set -l arguments $argv[2..]
    set -l way ''
    for word in $arguments
        switch $word
            case -h --help --version
                command warder use $arguments
                return
            case --shell '--shell=*'
                printf 'warder: use takes no --shell here, since this shell is meant\nhint: %s\n' \
                    'for statements of another one: command warder use --shell' >&2
                return 2
            case --keys
                test -n "$way"
                or set way $word
            case --read-only
                set way $word
            case --
                break
        end
    end
    set -l script
    # A function's redirection does not apply to command substitutions in it.
    if set -q __warder_quiet
        set script (command warder use --shell fish $arguments 2>/dev/null)
    else
        set script (command warder use --shell fish $arguments)
    end
    or return
    if not string match -qr -- '^set -' "$script[1]"
        test -z "$script"
        or printf '%s\n' $script
        return 0
    end
    __warder_refuse_universal $script
    or return
    __warder_take "$maker" "$way" $script
end

# When a global variable goes, the universal one below it remains, exported, and belongs to other shells too.
function __warder_refuse_universal
    for name in (string match -rg -- '^set -e (\w+);?$' $argv)
        if set -qU $name
            printf 'warder: %s is universal here, and cannot be taken from this shell alone\nhint: %s\n' \
                $name "set -e -U $name" >&2
            return 1
        end
    end
end

# Evaluates a script, and records how to undo it. Using the profile at the top again replaces its frame.
function __warder_take --argument-names maker way
    set -l script $argv[3..]
    set -l depth (count $__warder_names)
    set -l frame (math $depth + 1)
    __warder_save $frame
    # A profile without a region gets the region from before the first use, not that of the previous profile.
    if test $depth -gt 0; and not string match -q -- 'set -gx AWS_REGION *' $script
        __warder_give_back 1 AWS_REGION AWS_DEFAULT_REGION
    end
    eval $script
    if test $depth -gt 0; and test "$__warder_names[$depth]" = "$WARDER_PROFILE"
        __warder_erase $frame
        set __warder_ways[$depth] $way
        set frame $depth
    else
        set -a __warder_names "$WARDER_PROFILE"
        set -a __warder_makers $maker
        set -a __warder_ways $way
    end
    for name in $__warder_variables
        set -g "__warder_made_"$frame"_"$name (__warder_state $name)
    end
    __warder_forget_renewal
end

# Saves the variables: how each is set, and its value.
function __warder_save --argument-names frame
    for name in $__warder_variables
        set -l was "__warder_was_"$frame"_"$name
        if set -qgx $name
            set -g $was -gx $$name
        else if set -qg $name
            set -g $was -gu $$name
        else
            set -g $was -eg
        end
    end
end

# A variable's state, for comparison.
function __warder_state --argument-names name
    set -qg $name
    and string escape -- x $$name
end

# Restores the variables to what they were when the frame was made. A variable that something else has changed since
# stays as it is.
function __warder_give_back --argument-names frame
    for name in $argv[2..]
        set -l made "__warder_made_"(count $__warder_names)"_"$name
        set -l state (__warder_state $name)
        if test "$state" != "$$made"
            continue
        end
        set -l was "__warder_was_"$frame"_"$name
        set -l state $$was
        if test $state[1] = -eg
            set -eg $name
        else
            set $state[1] $name $state[2..]
        end
    end
end

# Drops frames.
function __warder_erase
    for frame in $argv
        for name in $__warder_variables
            set -eg "__warder_was_"$frame"_"$name
            set -eg "__warder_made_"$frame"_"$name
        end
    end
end

function __warder_drop
    set -l depth (count $__warder_names)
    set -l to (math $depth - 1)
    switch (count $argv):"$argv[1]"
        case 0:
        case 1:--all
            set to 0
        case 1:-h 1:--help
            command warder drop $argv
            return
        case '*'
            printf 'warder: drop takes no such argument\nhint: warder drop, or warder drop --all\n' >&2
            return 2
    end
    if test $depth -gt 0
        __warder_restore $to
    else if set -qg WARDER_PROFILE; and test -n "$WARDER_PROFILE"
        # Inherited from the shell that started this one: only that shell knows the previous values.
        for name in $__warder_variables
            set -eg $name
        end
        return 0
    else if test $to -lt 0
        printf 'warder: no profile is in use\nhint: warder use PROFILE\n' >&2
        return 1
    end
end

# Restores the variables to what they were when so many profiles were in use, and drops the frames above.
function __warder_restore --argument-names depth
    set -l top (count $__warder_names)
    __warder_give_back (math $depth + 1) $__warder_variables
    __warder_erase (seq (math $depth + 1) $top)
    for list in __warder_names __warder_makers __warder_ways
        __warder_cut $list $depth
    end
    __warder_forget_renewal
end

# Truncates a list to so many elements.
function __warder_cut --argument-names list length
    set -l all $$list
    if test $length -gt 0
        set -g $list $all[1..$length]
    else
        set -g $list
    end
end

# --- at each prompt ---------------------------------------------------------------------------------------------------

function __warder_prompt
    if test "$PWD" != "$__warder_pwd"; or __warder_has_changed
        set -g __warder_pwd $PWD
        __warder_walk
    end
    if test -z "$WARDER_PROFILE"
        set -g WARDER_PROMPT
    else if test -z "$AWS_ACCESS_KEY_ID"; and test "$AWS_PROFILE" != "$WARDER_PROFILE"
        set -g WARDER_PROMPT
    else
        __warder_look_at_clock
    end
end

# Seconds since 1970, without a process: when the root folder was changed, plus how long ago that was.
function __warder_now
    math (path mtime /) + (path mtime --relative /)
end

function __warder_look_at_clock
    test "$AWS_CREDENTIAL_EXPIRATION" = "$__warder_end_text"
    or __warder_read_end
    if test -z "$__warder_end"
        set -g WARDER_PROMPT $WARDER_PROFILE
        return
    end
    set -l now (__warder_now)
    set -l left (math $__warder_end - $now)
    if test $left -lt 600
        __warder_renew $now $left
        set left (math $__warder_end - $now)
    end
    if test $left -ge 3600
        set -g WARDER_PROMPT (printf '%s %dh%02dm' $WARDER_PROFILE (math "floor($left / 3600)") \
            (math "floor($left % 3600 / 60)"))
    else if test $left -ge 60
        set -g WARDER_PROMPT "$WARDER_PROFILE "(math "floor($left / 60)")m
    else if test $left -gt 0
        set -g WARDER_PROMPT "$WARDER_PROFILE $left"s
    else
        set -g WARDER_PROMPT "$WARDER_PROFILE ended"
    end
end

# When the session expires, in seconds since 1970; empty if no time is given.
function __warder_read_end
    set -g __warder_end_text $AWS_CREDENTIAL_EXPIRATION
    set -g __warder_end
    set -g __warder_said 0
    set -g __warder_next 0
    set -l t (string match -rg -- '^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$' "$AWS_CREDENTIAL_EXPIRATION")
    or return
    # Count years from 1 March, so that a leap day is the last day of a year.
    if test $t[2] -le 2
        set t[1] (math $t[1] - 1)
        set t[2] (math $t[2] + 12)
    end
    set -l leap "floor($t[1] / 4) - floor($t[1] / 100) + floor($t[1] / 400)"
    set -l day (math "$t[1] * 365 + $leap + floor((153 * $t[2] - 457) / 5) + $t[3] - 719469")
    set -g __warder_end (math "$day * 86400 + $t[4] * 3600 + $t[5] * 60 + $t[6]")
end

# --- near the end -----------------------------------------------------------------------------------------------------

# Reads the result of a background renewal, or starts one, or says that the session is about to expire.
function __warder_renew --argument-names now left
    set -l depth (count $__warder_names)
    set -l way ''
    if test $depth -gt 0; and test "$__warder_names[$depth]" = "$WARDER_PROFILE"
        set way $__warder_ways[$depth]
    else if test -n "$AWS_ACCESS_KEY_ID"
        # Keys from elsewhere: it is not known how they were narrowed.
        set way unknown
    end
    if test -n "$__warder_reply"
        __warder_take_renewal $now "$way"
        and return
    else if test "$way" != unknown; and test $now -ge $__warder_next
        __warder_start_renewal $now "$way"
        return
    end
    if test $now -ge (math $__warder_next - 295)
        __warder_warn $left "$way"
    end
end

# The result goes into a file, since a prompt must not wait for it.
function __warder_start_renewal --argument-names now way
    set -g __warder_next (math $now + 300)
    set -l narrow
    test "$way" = --read-only
    and set narrow $way
    set -l folder "$XDG_RUNTIME_DIR"
    if not string match -q -- '/*' $folder; or not test -O "$folder"; or not test -w "$folder"
        set folder $HOME/.cache/warder
        set -q XDG_CACHE_HOME[1]
        and set folder $XDG_CACHE_HOME/warder
        test -w "$folder"
        or return
    end
    set -g __warder_reply $folder/warder-renewal.$fish_pid.$now
    # Started by a shell that exits at once, so that neither `jobs` nor a message shows it.
    command sh -c $__warder_renewal $__warder_reply --shell fish $narrow -- $WARDER_PROFILE </dev/null &>/dev/null
end

# Fails if there is no result yet. Takes new keys from the cache, where the renewal has put them.
function __warder_take_renewal --argument-names now way
    set -l end
    if test -s "$__warder_reply"
        read end <$__warder_reply
        __warder_forget_renewal
    else if test $now -ge $__warder_next
        __warder_forget_renewal
        return 1
    end
    test -n "$end"
    and test (string replace -ra '\D' '' -- $end) -gt (string replace -ra '\D' '' -- $__warder_end_text)
    or return
    if test -z "$way"
        set -gx AWS_CREDENTIAL_EXPIRATION $end
        set -q __warder_names[1]
        and set -g "__warder_made_"(count $__warder_names)_AWS_CREDENTIAL_EXPIRATION \
            (__warder_state AWS_CREDENTIAL_EXPIRATION)
    else
        __warder_use '' $way --no-prompt -- $WARDER_PROFILE
        or return
    end
    __warder_read_end
end

function __warder_forget_renewal
    test -z "$__warder_reply"
    or command rm -f -- $__warder_reply
    set -g __warder_reply
end

function __warder_warn --argument-names left way
    set -l command (string join -n -- ' ' 'warder use' $way (string escape -- $WARDER_PROFILE))
    set -l name (string replace -ra -- '[[:cntrl:]]' '?' $WARDER_PROFILE)
    test "$way" = unknown
    and set command 'take new ones'
    if test $left -le 0; and test $__warder_said -lt 2
        set -g __warder_said 2
        printf 'warder: the session of %s has ended\nhint: %s\n' $name "$command" >&2
    else if test $left -gt 0; and test $left -le 300; and test $__warder_said -lt 1
        set -g __warder_said 1
        set -l minutes (math "ceil($left / 60)")' minutes'
        test $left -gt 60
        or set minutes 'a minute'
        printf 'warder: the session of %s ends in %s\nhint: %s\n' $name $minutes "$command" >&2
    end
end

# --- one profile per folder -------------------------------------------------------------------------------------------

# The folder has changed: leaves the .warder folders that the shell is no longer in, and enters the nearest that it is
# in. The folder itself counts, not the link by which the user came.
function __warder_walk
    set -l first $__warder_fresh
    set -g __warder_fresh
    set -l here (path resolve -- $PWD)
    set -l home (path resolve -- "$HOME")
    while set -q __warder_roots[1]
        __warder_is_in $__warder_roots[-1] $here
        and not __warder_has_changed
        and break
        __warder_leave (count $__warder_roots)
    end
    set -l found (string trim -rc / -- $here)
    while not test -e "$found/.warder"
        if test -z "$found"; or test "$found" = "$home"
            return
        end
        set found (string replace -r '/[^/]*$' '' -- $found)
    end
    if not set -q __warder_roots[1]; or test "$found" != "$__warder_roots[-1]"
        __warder_enter $found "$first"
    end
end

function __warder_is_in --argument-names root here
    test -e "$root/.warder"; or return
    test "$here" = "$root"; or test (string sub -l (string length -- "$root/") -- $here/) = "$root/"
end

# The .warder of the last folder entered has changed since, or is gone. A profile that the user has chosen in the folder
# stays: until the user drops it, the file counts as unchanged.
function __warder_has_changed
    set -q __warder_roots[1]
    or return
    __warder_read $__warder_roots[-1]
    test "$__warder_text" != "$__warder_texts[-1]"
    or return
    set -l depth (count $__warder_names)
    test $depth -le $__warder_depths[-1]; or test -n "$__warder_makers[$depth]"
end

# Reads the .warder of a folder into $__warder_text, if it is not too large, without a process. Does not read from a
# pipe, which would block the prompt.
function __warder_read --argument-names root
    set -l fish_read_limit 4097
    if path is -fr -- $root/.warder
        read -gz __warder_text <$root/.warder
    else
        set -g __warder_text
    end
end

function __warder_leave --argument-names number
    set -l floor $__warder_floors[$number]
    for list in __warder_roots __warder_floors __warder_depths __warder_answers __warder_texts
        __warder_cut $list (math $number - 1)
    end
    if test $floor -ge 0; and test (count $__warder_names) -gt $floor
        __warder_restore $floor
    end
end

# A profile that the user has chosen inside the outer folder stays. Changing folders never prompts.
function __warder_enter --argument-names root first
    if not command -q warder
        contains -- / $__warder_failed
        or printf 'warder: it is not in PATH, so %s is not looked at\nhint: %s\n' \
            (string replace -ra -- '[[:cntrl:]]' '?' $root)/.warder 'add its folder to PATH' >&2
        set -a __warder_failed /
        return
    end
    set -l depth (count $__warder_names)
    set -l floor -1
    set -l around -1
    set -l answer
    # Read before it is checked, so that a change in between is noticed.
    __warder_read $root
    set -q __warder_floors[1]
    and set around $__warder_floors[-1]
    if test $around -lt 0; or test $depth -le $around; or test -n "$__warder_makers[$depth]"
        set answer (command warder folder --shell-hook)
        and set floor $depth
    end
    set -a __warder_roots $root
    set -a __warder_floors $floor
    set -a __warder_depths $depth
    set -a __warder_answers "$answer[1]"
    set -a __warder_texts "$__warder_text"
    test $floor -ge 0
    or return
    set -l profile (string split -f 1 -- \t $answer[1])
    set -l inherited "$WARDER_PROFILE"
    __warder_use_quietly $root $profile
    or return
    # Started from a shell that has entered the folder: only that shell knows the previous values.
    if test -n "$first"; and test $depth = 0; and test "$inherited" = "$profile"
        for name in $__warder_variables
            set -g "__warder_was_1_"$name -eg
        end
    end
end

# Says once why a folder's profile cannot be used, until it can.
function __warder_use_quietly --argument-names root profile
    set -l code 0
    set -l last (string match -- "*:$profile" $__warder_failed | string split -f 1 :)
    if test -n "$last"
        set -g __warder_quiet
        __warder_use $root --no-prompt -- $profile
        set code $status
        set -e __warder_quiet
        test $code -ne 0; and test $code = "$last"
        and return $code
    end
    if test -z "$last"; or test $code -ne 0
        __warder_use $root --no-prompt -- $profile
        set code $status
    end
    set -g __warder_failed (string match -v -- "*:$profile" $__warder_failed)
    test $code -eq 0
    or set -a __warder_failed $code:$profile
    return $code
end

# After `trust`: a folder that was not trusted may be now, or the reverse. A profile that the user has chosen in it
# stays.
function __warder_look_again
    if set -q __warder_roots[1]
        set -l depth (count $__warder_names)
        set -l answer (command warder folder --shell-hook 2>/dev/null)
        test "$answer[1]" = "$__warder_answers[-1]"
        and return 0
        test $depth -gt $__warder_depths[-1]; and test -z "$__warder_makers[$depth]"
        and return 0
        __warder_leave (count $__warder_roots)
    end
    set -g __warder_pwd
    return 0
end

# --- loading ----------------------------------------------------------------------------------------------------------

# Loading it twice is harmless.
if not set -q __warder_renewal
    set -g __warder_variables AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN \
        AWS_ACCESS_KEY AWS_SECRET_KEY AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION \
        AWS_CREDENTIAL_EXPIRATION AWS_VAULT WARDER_PROFILE
    for name in names makers ways roots floors depths answers texts text failed pwd reply end_text end
        set -g __warder_$name
    end
    set -g __warder_said 0
    set -g __warder_next 0
    set -g __warder_fresh yes
    # Also removes the files of shells that have exited.
    set -g __warder_renewal '
        umask 077
        {
            command warder renew "$@" </dev/null >"$0"
            for file in "${0%/*}"/warder-renewal.*; do
                owner=${file##*/warder-renewal.}
                kill -0 "${owner%%.*}" || rm -f -- "$file"
            done
        } &'
end

# Only an interactive shell gets something to do at its prompt.
if status is-interactive
    # Runs after direnv, whichever is loaded first: what direnv sets on entering a folder it takes back on leaving, so
    # warder's changes must happen in between.
    function __warder_at_first_prompt --on-event fish_prompt
        functions -e __warder_at_first_prompt
        function __warder_at_prompt --on-event fish_prompt
            __warder_prompt
        end
        functions -q __direnv_export_eval
        and __direnv_export_eval
        __warder_prompt
    end
end
