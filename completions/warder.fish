# Completion of warder's command line, for fish 3.4 and newer.
#
# Names of profiles and keys are data: fish takes the lines of a command as they are, and quotes them as needed.
#
# At every Tab fish evaluates each `-n` of each `complete`, and a `(…)` costs a tenth of a millisecond. So one function
# prints everything that may be at the cursor, in place of a `complete` for each option and command.

# The word at the cursor without its quotes; the last quote may be open.
function __warder_word
    set -l raw (commandline -ct)
    string unescape -- $raw; or string unescape -- $raw\'; or string unescape -- $raw\"
end

# Offers the names of one kind, such as `profiles`, that begin with what is typed after `$before`; if there are none,
# all of them, since fish matches more than their beginning.
function __warder_names --argument-names kind before
    command -q warder; or return
    set -l word (__warder_word)
    test -n "$before"; and set word (string replace -- $before '' $word)
    if test -n "$word"
        command warder names $kind $word 2>/dev/null | read -lz names
        and echo -n $names
        and return
    end
    command warder names $kind 2>/dev/null
end

# Offers those of `$argv[2..]`, words each followed by a description, that contain `$argv[1]`. fish would search the
# descriptions as well.
function __warder_find --argument-names typed
    set -l rows $argv[2..-1]
    if test -z "$typed"
        set -q rows[1]; and printf '%s\t%s\n' $rows
        return
    end
    string match -qr '^[\w=-]+$' -- $typed; or return
    for pattern in $typed'*' '*'$typed'*' '*'(string replace -ra . '$0*' -- $typed)
        set -l word
        set -l found
        for each in $rows
            if not set -q word[1]
                set word $each
                continue
            end
            string match -qi -- $pattern $word; and set -a found $word $each
            set word
        end
        set -q found[1]; and printf '%s\t%s\n' $found; and return
    end
end

# Completes the command after `--`.
function __warder_command
    set -l rest (string match -rg -- '^.*?\s--\s+(.*)$' (commandline -cp))
    and complete --do-complete="$rest"
end

# Reads the words up to the cursor. Sets these variables of the caller: what __warder_grammar says about the command
# that they name; `kind`, what is wanted at the cursor; `option`, whose value that is; `word`, what is typed of it;
# `before`, what comes before a value in the same word.
function __warder_read --no-scope-shadowing
    set word (__warder_word)
    set -l tokens (commandline -opc)
    set -l arguments
    set -l dashes
    for token in $tokens[2..-1]
        if set -q option[1]
            set option
        else if set -q dashes[1]
            set -a arguments $token
        else if test "$token" = --
            set dashes $token
        else if string match -q -- '-?*' $token
            # The value of `--option=value` is in the same word.
            contains -- "$path $token" $__warder_valued; and set option $token
        else if set -q arguments[1]
            set -a arguments $token
        else
            set -l longer $path $token
            contains -- "$longer" $__warder_paths; and set path $longer; or set arguments $token
        end
    end
    __warder_grammar
    if not set -q option[1]; and not set -q dashes[1]
        if set option (string match -r -- '^--[^=]+(?==)' $word)
            set before $option=
        else if string match -q -- '-*' $word
            set kind @options
            return
        end
    end
    if set -q option[1]
        contains -- $option $values; and set kind $values[(math 1 + (contains -i -- $option $values))]
    else if set -q subcommands[1]
        set -q arguments[1]; or set kind @subcommands
    else
        set kind $places[(count $arguments here)]
        set -q kind[1]; or set kind $repeated
    end
end

# Prints everything that may be at the cursor, except files; with `files`, its status says whether those may be.
function __warder --argument-names what
    set -l path
    set -l subcommands
    set -l options
    set -l values
    set -l places
    set -l repeated
    set -l kind
    set -l option
    set -l word
    set -l before
    __warder_read
    if test "$what" = files
        test "$kind" = @files
        return
    end
    switch "$kind"
        case @options
            __warder_find "$word" $options
        case @subcommands
            __warder_find "$word" $subcommands
        case @commands
            string match -v '* *' -- $__warder_paths
        case @profiles
            __warder_names profiles
        case @keys
            __warder_names keys
        case @sso-sessions
            set -l names (__warder_names sso-sessions "$before")
            set -q names[1]; and printf '%s\n' "$before"$names
        case @command
            __warder_command
        case '@*' ''
        case '*'
            set -l help
            set -q option[1]; and set help $options[(math 1 + (contains -i -- $option $options))]
            set -l rows
            for value in (string split ' ' -- $kind)
                set -a rows "$before$value" "$help"
            end
            __warder_find "$word" $rows
    end
end

# Has `aws --profile` and `set -gx AWS_PROFILE` complete names as warder does. For those who want it: see
# docs/shells.md.
function warder_complete_aws
    complete -c aws -l profile -xa '(__warder_names profiles --profile=)'
    complete -c set -n 'contains -- AWS_PROFILE (commandline -opc)' -xa '(__warder_names profiles)'
end

complete -c warder -fa '(__warder)'
complete -c warder -n '__warder files' -F

# BEGIN: written by completions/generate.py
# of warder 0.2.0
set -g __warder_paths 'add' \
    'import' \
    'list' \
    'rotate' \
    'remove' \
    'process' \
    'env' \
    'exec' \
    'console' \
    'presign' \
    'login' \
    'refresh' \
    'mfa' \
    'forget' \
    'whoami' \
    'explain' \
    'adopt' \
    'profiles' \
    'doctor' \
    'use' \
    'drop' \
    'hook' \
    'trust' \
    'distrust' \
    'unlock' \
    'lock' \
    'status' \
    'log' \
    'store' \
    'store show' \
    'store move' \
    'vault' \
    'vault init' \
    'vault passphrase' \
    'vault recovery' \
    'vault slots' \
    'vault slots list' \
    'vault slots add' \
    'vault slots remove' \
    'vault verify' \
    'vault backup' \
    'vault restore' \
    'help' \
    'version'
set -g __warder_valued 'add --csv' \
    'add --store' \
    'add --mfa-serial' \
    'add --region' \
    'import --from' \
    'import --store' \
    'rotate --older-than' \
    'rotate --grace' \
    'rotate --mfa-code' \
    'process --mfa-code' \
    'process --policy' \
    'env --shell' \
    'env --format' \
    'env --mfa-code' \
    'env --policy' \
    'exec --min-ttl' \
    'exec --mfa-code' \
    'exec --policy' \
    'console --browser' \
    'console --service' \
    'console --to' \
    'console --region' \
    'console --duration' \
    'console --min-ttl' \
    'console --policy' \
    'console --mfa-code' \
    'presign --expires' \
    'presign --method' \
    'presign --content-type' \
    'presign --version-id' \
    'presign --download-as' \
    'presign --region' \
    'presign --min-ttl' \
    'presign --mfa-code' \
    'presign --policy' \
    'login --region' \
    'refresh --mfa-code' \
    'mfa --pid' \
    'whoami --mfa-code' \
    'explain --policy' \
    'profiles --from-sso' \
    'profiles --name' \
    'profiles --prefix' \
    'profiles --account' \
    'profiles --role' \
    'profiles --default-region' \
    'use --mfa-code' \
    'use --shell' \
    'unlock --for' \
    'log --since' \
    'log --caller' \
    'store move --to'

function __warder_grammar --no-scope-shadowing
    switch "$path"
        case ''
            set subcommands add 'Stores an access key' \
                import 'Moves plaintext keys from the AWS files into the store' \
                list 'Shows keys, profiles and sessions in one table' \
                rotate 'Replaces keys at AWS: makes a new one, and retires the old one' \
                remove 'Deletes a stored key, and every session that came from it' \
                process 'Prints a profile\'s credentials as SDKs want them from a credential_process' \
                env 'Prints statements that export a profile\'s credentials' \
                exec 'Runs a command with a profile\'s credentials in its environment' \
                console 'Signs in to the AWS console as a profile: prints the URL, or opens it' \
                presign 'Prints a URL with which anyone can get, or put, one S3 object' \
                login 'Signs in with your AWS console credentials' \
                refresh 'Mints new sessions now: before work, before a long run' \
                mfa 'Answers a process that waits for an MFA code, or a yes, and has no terminal' \
                forget 'Drops cached sessions: a profile\'s, or all' \
                whoami 'Asks AWS who a profile\'s credentials are (sts:GetCallerIdentity)' \
                explain 'Shows where a profile\'s credentials come from, and what the next process will do' \
                adopt 'Points profiles at warder, so that every SDK asks it for their credentials' \
                profiles 'Makes a profile for each account and role of IAM Identity Center' \
                doctor 'Finds problems, and prints a command to fix each' \
                use 'Works with a profile in this shell, until warder drop; needs the shell\'s hook' \
                drop 'Restores the variables that use set; needs the shell\'s hook' \
                hook 'Prints the shell integration, for the shell\'s start-up file' \
                trust 'Approves a folder\'s .warder, so that entering the folder uses its profile' \
                distrust 'Revokes the approval of a folder\'s .warder' \
                unlock 'Lets warder use cached sessions without asking, for a time' \
                lock 'Takes the unlocked keys away' \
                status 'Shows whether warder is unlocked, and what each session has left' \
                log 'Shows who used which credentials, and when' \
                store 'Says where the keys are, and moves them' \
                vault 'Maintains the vault: passphrase, slots, backups' \
                help 'Shows how a command is used' \
                version 'Shows the version'
            set options -h 'Show this help' \
                --help 'Show this help' \
                -V 'Show the version' \
                --version 'Show the version'
        case 'add'
            set options --stdin 'Read standard input: a line for key id, secret, and seed each' \
                --csv 'Read the file that the AWS console gives for download' \
                --from-env 'Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' \
                --no-verify 'Store it without asking AWS whether it works' \
                --replace 'Replace the key of this name' \
                --store 'Where keys go: libsecret or file; the first key decides' \
                --mfa-serial 'The MFA device of its user: an ARN, or a serial number' \
                --totp 'Also store the seed of the MFA device, or remove it' \
                --no-totp 'Also store the seed of the MFA device, or remove it' \
                --region 'The region to ask STS in, and to write into the profile' \
                --write-profile 'Add a profile to ~/.aws/config' \
                --no-write-profile 'Add a profile to ~/.aws/config' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --csv '@files' \
                --store 'file libsecret' \
                --mfa-serial '' \
                --region ''
            set places '@keys'
        case 'import'
            set options --from 'Take the keys of another program in place of the files: aws-vault' \
                --dry-run 'Show what would change, and change nothing' \
                --yes 'Do not ask before anything changes' \
                --no-verify 'Store the keys without asking AWS whether they work' \
                --adopt 'Also adopt profiles that depend on a key and have an MFA device' \
                --session-off 'Keys that call IAM, without an MFA device, sign without a session' \
                --store 'Where keys go: libsecret or file; the first key decides' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --from 'aws-vault' \
                --store 'file libsecret'
            set places '@profiles'
            set repeated '@profiles'
        case 'list'
            set options --json 'Print JSON' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'rotate'
            set options --all 'Every stored key' \
                --older-than 'Only keys of at least this age, such as 90d, and unfinished ones' \
                --keep-old 'Deactivate the old key, and do not delete it' \
                --grace 'Let the old key work for this time: 7d, 12h; 0s to end it' \
                --dry-run 'Ask AWS what there is, show the steps, change nothing' \
                --json 'Print JSON' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --notify 'Where a code or passphrase is needed, notify the desktop' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --older-than '' \
                --grace '' \
                --mfa-code ''
            set places '@keys'
            set repeated '@keys'
        case 'remove'
            set options --yes 'Do not ask whether you are sure' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@keys'
        case 'process'
            set options --mfa-code 'The six digits of the MFA device, if they are needed' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess' \
                --policy 'Narrow the role to the session policy in this file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --mfa-code '' \
                --policy '@files'
            set places '@profiles'
        case 'env'
            set options --shell 'bash, zsh, sh, fish, nu or pwsh; the shell that runs warder, if not given' \
                --format 'dotenv, json, systemd or github, in place of a shell\'s statements' \
                --unset 'Print statements that unset the variables' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess' \
                --policy 'Narrow the role to the session policy in this file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --shell 'bash zsh sh fish nu pwsh' \
                --format 'dotenv json systemd github' \
                --mfa-code '' \
                --policy '@files'
            set places '@profiles'
        case 'exec'
            set options --serve 'Serve credentials that renew themselves, in place of keys in the environment' \
                --min-ttl 'Renew a session that has less left than this: 30m, 2h' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess' \
                --policy 'Narrow the role to the session policy in this file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --min-ttl '' \
                --mfa-code '' \
                --policy '@files'
            set places '@profiles' '@command'
            set repeated '@command'
        case 'console'
            set options --open 'Open it in the desktop\'s browser, instead of printing the URL' \
                --browser 'Open it with this program' \
                --container 'Open it in a Firefox container named after the profile' \
                --service 'Go to the start page of a service: s3, ec2, iam' \
                --to 'Go to this page of the console' \
                --region 'Show this region, not the profile\'s' \
                --duration 'How long the console session lasts: 1h, 8h; 12h at most' \
                --min-ttl 'Renew a session that has less left than this: 30m, 2h' \
                --policy 'Narrow the session to this policy: a file, JSON, or an ARN' \
                --read-only 'Narrow the session to AWS\'s ReadOnlyAccess' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --browser '' \
                --service '' \
                --to '' \
                --region '' \
                --duration '' \
                --min-ttl '' \
                --policy '@files' \
                --mfa-code ''
            set places '@profiles'
        case 'presign'
            set options --expires 'How long the URL is valid: 40m, 12h, 7d at most; 1h by default' \
                --method 'GET, PUT, HEAD or DELETE; GET by default' \
                --content-type 'The Content-Type that an upload must have (PUT)' \
                --version-id 'A version of the object (GET, HEAD, DELETE)' \
                --download-as 'The name under which a browser saves it (GET, HEAD)' \
                --region 'The bucket\'s region, if it is not the profile\'s' \
                --min-ttl 'Renew a session that has less left than this: 30m, 2h' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess' \
                --policy 'Narrow the role to the session policy in this file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --expires '' \
                --method 'GET PUT HEAD DELETE' \
                --content-type '' \
                --version-id '' \
                --download-as '' \
                --region '' \
                --min-ttl '' \
                --mfa-code '' \
                --policy '@files'
            set places '@profiles' ''
        case 'login'
            set options --region 'The region to sign in at, and to write into a new profile' \
                --device-code 'Sign in by a code in the browser of any machine' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --region ''
            set places '@profiles'
        case 'refresh'
            set options --all 'Every profile whose credential_process is warder' \
                --device-code 'Sign in by a code in the browser of any machine' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --mfa-code ''
            set places '@profiles'
            set repeated '@profiles'
        case 'mfa'
            set options --list 'List the waiting processes, and do not prompt; with --json as JSON' \
                --json 'Print JSON' \
                --watch 'Keep running and ask whenever a process waits; Ctrl-C ends it' \
                --dismiss 'Dismiss the waiting process, without an answer' \
                --pid 'Answer this process, of those in --list' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --pid ''
            set places ''
        case 'forget'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@profiles'
        case 'whoami'
            set options --json 'Print JSON' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --mfa-code ''
            set places '@profiles'
        case 'explain'
            set options --json 'Print JSON' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess' \
                --policy 'Narrow the role to the session policy in this file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --policy '@files'
            set places '@profiles'
        case 'adopt'
            set options --all 'Every profile with a role or IAM Identity Center; with --undo, every adopted one' \
                --undo 'Take back what adopt changed, to the byte' \
                --dry-run 'Show what would change, and change nothing' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@profiles'
            set repeated '@profiles'
        case 'profiles'
            set options --from-sso 'The [sso-session NAME] of ~/.aws/config to sign in to' \
                --name 'How to name the profiles; {account_name}-{role} by default' \
                --prefix 'What the names begin with' \
                --account 'Only accounts with this number or name; * stands for any characters' \
                --role 'Only roles with this name; * stands for any characters' \
                --default-region 'The region for profiles that have none' \
                --prune 'Also remove the command\'s own profiles whose role is gone' \
                --dry-run 'Show what would change, and change nothing' \
                --device-code 'Sign in by a code in the browser of any machine' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --from-sso '@sso-sessions' \
                --name '' \
                --prefix '' \
                --account '' \
                --role '' \
                --default-region ''
        case 'doctor'
            set options --online 'Ask AWS too: endpoints, keys, MFA devices, roles' \
                --fix 'Make the safe fixes (permissions, adopting profiles), after asking' \
                --yes 'With --fix: do not ask' \
                --report 'Print a report to share, without user names, account numbers or key IDs' \
                --json 'Print JSON' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@profiles'
        case 'use'
            set options --keys 'Export the credentials themselves' \
                --read-only 'Narrow the role to AWS\'s ReadOnlyAccess policy; means --keys' \
                --mfa-code 'The six digits of the MFA device, if they are needed' \
                --shell 'The shell whose statements are printed; the hook gives it' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --mfa-code '' \
                --shell 'bash zsh sh fish nu pwsh'
            set places '@profiles'
        case 'drop'
            set options --all 'Take back all that was used, not only the last' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'hook'
            set options -h 'Show this help' \
                --help 'Show this help'
            set places 'bash zsh fish nu'
        case 'trust'
            set options --list 'Show what is trusted; with --json as JSON' \
                --json 'Print JSON' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@files'
        case 'distrust'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@files'
        case 'unlock'
            set options --for 'For how long: 8h, 90m, 1d' \
                --keys 'Unlock the vault\'s key as well' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --for ''
        case 'lock'
            set options --watch 'Keep running, and lock on suspend and with the screen' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'status'
            set options --json 'Print JSON' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'log'
            set options --since 'How far back to go: 2h, 1d' \
                --caller 'Only what this program asked for' \
                --follow 'Keep running, and show what is added; Ctrl-C ends it' \
                --json 'Print JSON' \
                --verify 'Check that no line was changed, removed or added' \
                --begin-anew 'Begin a new log; the one so far is no longer verified' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --since '' \
                --caller ''
            set places '@profiles'
        case 'store'
            set subcommands show 'Says where the keys are' \
                move 'Moves all keys to the other store'
            set options -h 'Show this help' \
                --help 'Show this help'
        case 'store show'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'store move'
            set options --to 'libsecret or file' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set values --to 'file libsecret'
        case 'vault'
            set subcommands init 'Makes a vault, and prints its recovery code' \
                passphrase 'Changes the vault\'s passphrase' \
                recovery 'Makes a new recovery code, in place of the one before, and prints it' \
                slots 'Shows, adds and removes the ways into the vault' \
                verify 'Reads the whole vault and says what it holds' \
                backup 'Copies the vault, encrypted as it is, to a new file' \
                restore 'Puts a copy in the vault\'s place; what was there is kept as vault.replaced'
            set options -h 'Show this help' \
                --help 'Show this help'
        case 'vault init'
            set options --no-recovery 'Make no recovery code' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'vault passphrase'
            set options --recovery 'Open the vault with its recovery code in place of the passphrase' \
                --stdin 'Read the recovery code from standard input' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'vault recovery'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'vault slots'
            set subcommands list 'Shows the slots; opens nothing' \
                add 'Adds a way into the vault' \
                remove 'Removes a way into the vault; the last one stays'
            set options -h 'Show this help' \
                --help 'Show this help'
        case 'vault slots list'
            set options --json 'Print JSON' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'vault slots add'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places 'libsecret keyfile passphrase recovery' '@files'
        case 'vault slots remove'
            set options --rekey 'Encrypt the vault under a new key' \
                --yes 'Do not ask whether you are sure' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places ''
        case 'vault verify'
            set options --accept-older 'Take this vault as the current one, even if a newer generation was seen here before' \
                --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
        case 'vault backup'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@files'
        case 'vault restore'
            set options --no-prompt 'Never ask; WARDER_NO_PROMPT=1 does the same' \
                -h 'Show this help' \
                --help 'Show this help'
            set places '@files'
        case 'help'
            set options -h 'Show this help' \
                --help 'Show this help'
            set places '@commands'
            set repeated '@commands'
        case 'version'
            set options -h 'Show this help' \
                --help 'Show this help'
    end
end
# END
