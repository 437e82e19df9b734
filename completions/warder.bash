# shellcheck shell=bash
# Completion of warder's command line, for bash 4.4 and newer; bash-completion is not needed.
#
# Names of profiles and keys are data: they are never passed to anything that would expand them, as `compgen -W` does,
# and each is inserted with the quoting that the cursor's position needs.

# Splits a line into words as the shell reads them; the last is the one at the line's end. Sets these variables of the
# caller: `words`, without their quotes; `raw`, the last word as typed; `quote`, the quote that is open there.
__warder_split() {
    local line=$1 char word='' started='' i
    words=() raw='' quote=''
    for ((i = 0; i < ${#line}; i++)); do
        char=${line:i:1}
        if [[ -z $quote && $char == [[:space:]] ]]; then
            if [[ $started ]]; then words+=("$word"); fi
            word='' raw='' started=''
            continue
        fi
        started=1 raw+=$char
        if [[ $char == "$quote" ]]; then
            quote=''
        elif [[ -z $quote && $char == [\'\"] ]]; then
            quote=$char
        elif [[ $char == \\ && $quote != "'" ]]; then
            i=$((i + 1))
            char=${line:i:1}
            raw+=$char
            if [[ $quote && $char != [\"\\\$\`] ]]; then word+=\\; fi
            word+=$char
        else
            word+=$char
        fi
    done
    words+=("$word")
}

# Turns the names in `COMPREPLY`, which begin with what is typed, into what readline inserts in place of `typed`.
__warder_fit() {
    local kept=${raw%"$typed"} words=() raw quote=''
    if [[ $kept ]]; then
        # This part is on the line already.
        __warder_split "$kept"
        COMPREPLY=("${COMPREPLY[@]#"${words[0]}"}")
    fi
    local LC_ALL=C IFS=
    # One match against all ten thousand names is faster than one for each.
    if [[ "${COMPREPLY[*]}" =~ [^[:alnum:]_@%+=:,./-] ]]; then __warder_quote "$quote"; fi
}

# Quotes the names in `COMPREPLY` for a place where the quote `$1` is open, or none.
__warder_quote() {
    local plain='[:alnum:]_@%+=:,./-' char i j name text
    for i in "${!COMPREPLY[@]}"; do
        name=${COMPREPLY[i]} text=''
        [[ $name == *[!$plain]* ]] || continue
        for ((j = 0; j < ${#name}; j++)); do
            char=${name:j:1}
            case $1$char in
                "''") text+="'\\''" ;;
                '"!') text+="\"'!'\"" ;;
                '"'[\"\\\$\`]) text+=\\$char ;;
                [\'\"]?) text+=$char ;;
                [$plain] | [$'\200'-$'\377']) text+=$char ;;
                *) text+=\\$char ;;
            esac
        done
        # readline closes the quote, except after another one like it.
        if [[ $1 && $text == *"$1" ]]; then text+=$1; fi
        COMPREPLY[i]=$text
    done
}

# Offers those of `$2…` that begin with the word at the cursor, each preceded by `$1`.
__warder_offer_words() {
    local before=$1 word
    for word in "${@:2}"; do
        if [[ $before$word == "$current"* ]]; then COMPREPLY+=("$before$word"); fi
    done
    __warder_fit
}

# Offers the names of one kind, such as `profiles`, each preceded by `$2`.
__warder_offer_names() {
    local list IFS=$'\n' -
    list=$(command warder names "$1" "${current#"$2"}" 2>/dev/null)
    # Split into lines, not expanded. This is the fastest way: mapfile reads a pipe byte by byte.
    set -f
    # shellcheck disable=SC2206
    COMPREPLY=($list)
    if [[ $2 ]]; then COMPREPLY=("${COMPREPLY[@]/#/"$2"}"); fi
    __warder_fit
}

# Offers values of a kind, each preceded by `$2`.
__warder_offer_kind() {
    local list
    case $1 in
        @profiles | @keys | @sso-sessions) __warder_offer_names "${1#@}" "$2" ;;
        @commands)
            __warder_grammar ''
            # shellcheck disable=SC2086  # a list of plain words
            __warder_offer_words "$2" ${commands}
            ;;
        @files) compopt -o default 2>/dev/null ;;
        @* | '') ;;
        *)
            IFS=, read -ra list <<<"$1"
            __warder_offer_words "$2" "${list[@]}"
            ;;
    esac
}

# Offers what completes the command after `--`.
__warder_offer_command() {
    local i
    for i in "${!COMP_WORDS[@]}"; do
        if [[ ${COMP_WORDS[i]} == -- ]] && ((i < COMP_CWORD)); then
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset $((i + 1))
            elif declare -F _command_offset >/dev/null; then
                _command_offset $((i + 1))
            elif ((i + 1 == COMP_CWORD)) && [[ $current == +([[:alnum:]_.+-]) ]]; then
                mapfile -t COMPREPLY < <(compgen -c -- "$current")
            else
                compopt -o default 2>/dev/null
            fi
            return
        fi
    done
}

# Sets `kind` to the kind of value that the option `$1` takes; fails if it takes none.
__warder_takes() {
    [[ $values == *" $1:"* ]] || return
    kind=${values#*" $1:"}
    kind=${kind%% *}
}

_warder() {
    local IFS=$' \t\n' typed=${2-} current words raw quote
    local commands options values places path='' dashes='' kind='' expecting='' count=0 word
    COMPREPLY=()
    __warder_split "${COMP_LINE:0:COMP_POINT}"
    current=${words[-1]}
    if [[ $raw != *"$typed" ]]; then typed=$raw; fi
    __warder_grammar ''
    for word in "${words[@]:1:${#words[@]}-2}"; do
        if [[ $expecting ]]; then
            expecting=''
        elif [[ $dashes ]]; then
            count=$((count + 1))
        elif [[ $word == -- ]]; then
            dashes=1
        elif [[ $word == -?* ]]; then
            if [[ $word != *=* ]] && __warder_takes "$word"; then expecting=1; fi
        elif [[ " $commands " == *" $word "* && $word == +([[:alnum:]-]) ]]; then
            path+=${path:+ }$word
            __warder_grammar "$path"
        else
            count=$((count + 1))
        fi
    done
    if [[ $expecting ]]; then
        __warder_offer_kind "$kind" ''
    elif [[ ! $dashes && $current == --*=* ]]; then
        if __warder_takes "${current%%=*}"; then __warder_offer_kind "$kind" "${current%%=*}="; fi
    elif [[ ! $dashes && $current == -* ]]; then
        # shellcheck disable=SC2086  # a list of plain words
        __warder_offer_words '' ${options}
    elif [[ $commands ]]; then
        # shellcheck disable=SC2086
        __warder_offer_words '' ${commands}
    else
        __warder_offer_place
    fi
}

# Offers values for the `count`th argument of the command at `path`.
__warder_offer_place() {
    local last=$((${#places[@]} - 1))
    ((last >= 0)) || return 0
    if [[ ${places[last]} == @command\* && $dashes ]]; then
        __warder_offer_command
    elif ((count <= last)); then
        __warder_offer_kind "${places[count]%\*}" ''
    elif [[ ${places[last]} == *\* ]]; then
        __warder_offer_kind "${places[last]%\*}" ''
    fi
}

# BEGIN: written by completions/generate.py
# of warder 0.2.0
__warder_grammar() {
    commands='' options='' values='' places=()
    case $1 in
        '')
            commands='add import list rotate remove process env exec console presign login refresh mfa forget whoami explain adopt profiles doctor use drop hook trust distrust unlock lock status log store vault help version'
            options='-h --help -V --version'
            ;;
        'add')
            options='--stdin --csv --from-env --no-verify --replace --store --mfa-serial --totp --no-totp --region --write-profile --no-write-profile --no-prompt -h --help'
            values=' --csv:@files --store:file,libsecret --mfa-serial: --region: '
            places=('@keys')
            ;;
        'import')
            options='--from --dry-run --yes --no-verify --adopt --session-off --store --no-prompt -h --help'
            values=' --from:aws-vault --store:file,libsecret '
            places=('@profiles*')
            ;;
        'list')
            options='--json --no-prompt -h --help'
            ;;
        'rotate')
            options='--all --older-than --keep-old --grace --dry-run --json --mfa-code --notify --no-prompt -h --help'
            values=' --older-than: --grace: --mfa-code: '
            places=('@keys*')
            ;;
        'remove')
            options='--yes --no-prompt -h --help'
            places=('@keys')
            ;;
        'process')
            options='--mfa-code --read-only --policy --no-prompt -h --help'
            values=' --mfa-code: --policy:@files '
            places=('@profiles')
            ;;
        'env')
            options='--shell --format --unset --mfa-code --read-only --policy --no-prompt -h --help'
            values=' --shell:bash,zsh,sh,fish,nu,pwsh --format:dotenv,json,systemd,github --mfa-code: --policy:@files '
            places=('@profiles')
            ;;
        'exec')
            options='--serve --min-ttl --mfa-code --read-only --policy --no-prompt -h --help'
            values=' --min-ttl: --mfa-code: --policy:@files '
            places=('@profiles' '@command*')
            ;;
        'console')
            options='--open --browser --container --service --to --region --duration --min-ttl --policy --read-only --mfa-code --no-prompt -h --help'
            values=' --browser: --service: --to: --region: --duration: --min-ttl: --policy:@files --mfa-code: '
            places=('@profiles')
            ;;
        'presign')
            options='--expires --method --content-type --version-id --download-as --region --min-ttl --mfa-code --read-only --policy --no-prompt -h --help'
            values=' --expires: --method:GET,PUT,HEAD,DELETE --content-type: --version-id: --download-as: --region: --min-ttl: --mfa-code: --policy:@files '
            places=('@profiles' '')
            ;;
        'login')
            options='--region --device-code --no-prompt -h --help'
            values=' --region: '
            places=('@profiles')
            ;;
        'refresh')
            options='--all --device-code --mfa-code --no-prompt -h --help'
            values=' --mfa-code: '
            places=('@profiles*')
            ;;
        'mfa')
            options='--list --json --watch --dismiss --pid --no-prompt -h --help'
            values=' --pid: '
            places=('')
            ;;
        'forget')
            options='--no-prompt -h --help'
            places=('@profiles')
            ;;
        'whoami')
            options='--json --mfa-code --no-prompt -h --help'
            values=' --mfa-code: '
            places=('@profiles')
            ;;
        'explain')
            options='--json --read-only --policy --no-prompt -h --help'
            values=' --policy:@files '
            places=('@profiles')
            ;;
        'adopt')
            options='--all --undo --dry-run --no-prompt -h --help'
            places=('@profiles*')
            ;;
        'profiles')
            options='--from-sso --name --prefix --account --role --default-region --prune --dry-run --device-code --no-prompt -h --help'
            values=' --from-sso:@sso-sessions --name: --prefix: --account: --role: --default-region: '
            ;;
        'doctor')
            options='--online --fix --yes --report --json -h --help'
            places=('@profiles')
            ;;
        'use')
            options='--keys --read-only --mfa-code --shell --no-prompt -h --help'
            values=' --mfa-code: --shell:bash,zsh,sh,fish,nu,pwsh '
            places=('@profiles')
            ;;
        'drop')
            options='--all -h --help'
            ;;
        'hook')
            options='-h --help'
            places=('bash,zsh,fish,nu')
            ;;
        'trust')
            options='--list --json --no-prompt -h --help'
            places=('@files')
            ;;
        'distrust')
            options='--no-prompt -h --help'
            places=('@files')
            ;;
        'unlock')
            options='--for --keys --no-prompt -h --help'
            values=' --for: '
            ;;
        'lock')
            options='--watch --no-prompt -h --help'
            ;;
        'status')
            options='--json --no-prompt -h --help'
            ;;
        'log')
            options='--since --caller --follow --json --verify --begin-anew --no-prompt -h --help'
            values=' --since: --caller: '
            places=('@profiles')
            ;;
        'store')
            commands='show move'
            options='-h --help'
            ;;
        'store show')
            options='--no-prompt -h --help'
            ;;
        'store move')
            options='--to --no-prompt -h --help'
            values=' --to:file,libsecret '
            ;;
        'vault')
            commands='init passphrase recovery slots verify backup restore'
            options='-h --help'
            ;;
        'vault init')
            options='--no-recovery --no-prompt -h --help'
            ;;
        'vault passphrase')
            options='--recovery --stdin --no-prompt -h --help'
            ;;
        'vault recovery')
            options='--no-prompt -h --help'
            ;;
        'vault slots')
            commands='list add remove'
            options='-h --help'
            ;;
        'vault slots list')
            options='--json --no-prompt -h --help'
            ;;
        'vault slots add')
            options='--no-prompt -h --help'
            places=('libsecret,keyfile,passphrase,recovery' '@files')
            ;;
        'vault slots remove')
            options='--rekey --yes --no-prompt -h --help'
            places=('')
            ;;
        'vault verify')
            options='--accept-older --no-prompt -h --help'
            ;;
        'vault backup')
            options='--no-prompt -h --help'
            places=('@files')
            ;;
        'vault restore')
            options='--no-prompt -h --help'
            places=('@files')
            ;;
        'help')
            options='-h --help'
            places=('@commands*')
            ;;
        'version')
            options='-h --help'
            ;;
    esac
}
# END

# Has `aws --profile`, and `export AWS_PROFILE=`, complete names as warder does. For those who want it: see
# docs/shells.md.
warder_complete_aws() {
    __warder_aws_before=$(complete -p aws 2>/dev/null)
    complete -F __warder_aws aws
    complete -v -o nospace -F __warder_export export
}

# Completes the profile's name if one is being typed; else runs what was registered before: a program, a function, or
# nothing.
__warder_aws() {
    local IFS=$' \t\n' typed=${2-} current words raw quote dashes=''
    COMPREPLY=()
    __warder_split "${COMP_LINE:0:COMP_POINT}"
    current=${words[-1]}
    if [[ $raw != *"$typed" ]]; then typed=$raw; fi
    if [[ ${words[-2]-} == --profile ]]; then
        __warder_offer_names profiles ''
    elif [[ $current == --profile=* ]]; then
        __warder_offer_names profiles --profile=
    elif [[ $__warder_aws_before == *' -F '* ]]; then
        local function=${__warder_aws_before#*' -F '}
        "${function%% *}" "$@"
    elif [[ $__warder_aws_before == *' -C '* ]]; then
        local program=${__warder_aws_before#*' -C '}
        program=${program%" aws"}
        mapfile -t COMPREPLY < <(
            export COMP_LINE COMP_POINT COMP_TYPE COMP_KEY
            "${program//\'/}" "$@" 2>/dev/null
        )
    else
        compopt -o default 2>/dev/null
    fi
}

__warder_export() {
    local IFS=$' \t\n' typed=${2-} current words raw quote dashes=''
    COMPREPLY=()
    __warder_split "${COMP_LINE:0:COMP_POINT}"
    current=${words[-1]}
    if [[ $raw != *"$typed" ]]; then typed=$raw; fi
    if [[ $current == AWS_PROFILE=* ]]; then __warder_offer_names profiles AWS_PROFILE=; fi
}

complete -F _warder warder
