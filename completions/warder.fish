# Completion of warder's command line, for fish 3.4 and newer.
#
# Names of profiles and keys are data: fish takes the lines of a command as they are, and quotes them as they must be.

function __warder_names --argument-names kind
    command -q warder
    and command warder names $kind (commandline -cto) 2>/dev/null
end

# Reads the words before the cursor: `__warder_path` is the command that they name, `__warder_count` how many arguments
# it has by then, `__warder_dashes` whether `--` was said. fish asks dozens of times for one Tab: the answer is kept.
function __warder_read
    set -l tokens (commandline -opc)
    set -l key (string join -- \x1f $tokens)
    test "$key" = "$__warder_key"; and return
    set -g __warder_key $key
    set -g __warder_path
    set -g __warder_count 0
    set -g __warder_dashes
    set -l expecting
    for token in $tokens[2..-1]
        if test -n "$expecting"
            set expecting
        else if test -n "$__warder_dashes"
            set __warder_count (math $__warder_count + 1)
        else if test "$token" = --
            set __warder_dashes 1
        else if string match -q -- '-?*' $token
            # The value of `--option=value` is in the same word.
            contains -- "$__warder_path $token" $__warder_valued; and set expecting 1
        else if test $__warder_count = 0; and contains -- (string join -- ' ' $__warder_path $token) $__warder_paths
            set __warder_path (string join -- ' ' $__warder_path $token)
        else
            set __warder_count (math $__warder_count + 1)
        end
    end
end

# Whether the cursor is behind the command `$argv[2..]` and, as `$argv[1]` says, at the place of that number, at it or
# behind it (`1+`), or where an option may stand (`options`).
function __warder_at --argument-names place
    __warder_read
    test "$__warder_path" = "$argv[2..-1]"; or return
    switch $place
        case options
            test -z "$__warder_dashes"
        case '*+'
            test $__warder_count -ge (string trim -rc + $place)
        case '*'
            test $__warder_count = $place
    end
end

# What the command behind `--` takes.
function __warder_command
    set -l rest (string match -rg -- '^.*?\s--\s+(.*)$' (commandline -cp))
    and complete -C "$rest"
end

# Has `aws --profile` and `set -gx AWS_PROFILE` complete names as warder does. For those who want it: see docs/shells.md.
function warder_complete_aws
    complete -c aws -l profile -xa '(__warder_names profiles)'
    complete -c set -n 'contains -- AWS_PROFILE (commandline -opc)' -xa '(__warder_names profiles)'
end

complete -c warder -f

# BEGIN: written by completions/generate.py
set -g __warder_paths \
    'add' \
    'list' \
    'remove' \
    'process' \
    'env' \
    'exec' \
    'mfa' \
    'refresh' \
    'forget' \
    'whoami' \
    'explain' \
    'adopt' \
    'use' \
    'hook' \
    'trust' \
    'distrust' \
    'unlock' \
    'lock' \
    'status' \
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
    'drop'
set -g __warder_valued \
    'add --csv' \
    'add --store' \
    'add --mfa-serial' \
    'add --region' \
    'process --mfa-code' \
    'process --policy' \
    'env --mfa-code' \
    'env --policy' \
    'env --shell' \
    'env --format' \
    'exec --mfa-code' \
    'exec --policy' \
    'exec --min-ttl' \
    'mfa --pid' \
    'refresh --mfa-code' \
    'whoami --mfa-code' \
    'explain --policy' \
    'use --mfa-code' \
    'use --shell' \
    'unlock --for' \
    'store move --to'

complete -c warder -n '__warder_at 0' -a add -d 'Stores an access key'
complete -c warder -n '__warder_at 0' -a list -d 'Shows keys, profiles and sessions in one table'
complete -c warder -n '__warder_at 0' -a remove -d 'Deletes a stored key, and every session that came from it'
complete -c warder -n '__warder_at 0' -a process -d 'Prints a profile\'s credentials as SDKs want them from a credential_process'
complete -c warder -n '__warder_at 0' -a env -d 'Prints statements that export a profile\'s credentials'
complete -c warder -n '__warder_at 0' -a exec -d 'Runs a command with a profile\'s credentials in its environment'
complete -c warder -n '__warder_at 0' -a mfa -d 'Answers a process that waits for an MFA code, and has no terminal'
complete -c warder -n '__warder_at 0' -a refresh -d 'Mints new sessions now: before work, before a long run'
complete -c warder -n '__warder_at 0' -a forget -d 'Drops cached sessions: a profile\'s, or all'
complete -c warder -n '__warder_at 0' -a whoami -d 'Asks AWS who a profile\'s credentials are (sts:GetCallerIdentity)'
complete -c warder -n '__warder_at 0' -a explain -d 'Shows where a profile\'s credentials come from, and what the next process will do'
complete -c warder -n '__warder_at 0' -a adopt -d 'Points profiles at warder, so that every SDK asks it for their credentials'
complete -c warder -n '__warder_at 0' -a use -d 'Works with a profile in this shell, until warder drop; needs the shell\'s hook'
complete -c warder -n '__warder_at 0' -a hook -d 'Prints the shell integration, for the shell\'s start-up file'
complete -c warder -n '__warder_at 0' -a trust -d 'Approves a folder\'s .warder, so that entering the folder uses its profile'
complete -c warder -n '__warder_at 0' -a distrust -d 'Takes the approval of a folder\'s .warder away'
complete -c warder -n '__warder_at 0' -a unlock -d 'Lets warder use cached sessions without asking, for a time'
complete -c warder -n '__warder_at 0' -a lock -d 'Takes the unlocked keys away'
complete -c warder -n '__warder_at 0' -a status -d 'Shows whether warder is unlocked, and what each session has left'
complete -c warder -n '__warder_at 0' -a store -d 'Says where the keys are, and moves them'
complete -c warder -n '__warder_at 0' -a vault -d 'The vault\'s own upkeep'
complete -c warder -n '__warder_at 0' -a help -d 'Show subcommand help information'
complete -c warder -n '__warder_at 0' -a drop -d 'Takes back what use has set'
complete -c warder -n '__warder_at options' -l version -d 'Show the version'
complete -c warder -n '__warder_at options' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options add' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options add' -l stdin -d 'Read standard input: a line for key id, secret, and seed each'
complete -c warder -n '__warder_at options add' -l csv -rF -d 'Read the file that the AWS console gives for download'
complete -c warder -n '__warder_at options add' -l from-env -d 'Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
complete -c warder -n '__warder_at options add' -l no-verify -d 'Store it without asking AWS whether it works'
complete -c warder -n '__warder_at options add' -l replace -d 'Replace the key of this name'
complete -c warder -n '__warder_at options add' -l store -xa 'file libsecret' -d 'Where keys go: libsecret or file; the first key decides'
complete -c warder -n '__warder_at options add' -l mfa-serial -x -d 'The MFA device of its user: an ARN, or a serial number'
complete -c warder -n '__warder_at options add' -l totp -d 'Store the seed of the MFA device too, or take it away'
complete -c warder -n '__warder_at options add' -l no-totp -d 'Store the seed of the MFA device too, or take it away'
complete -c warder -n '__warder_at options add' -l region -x -d 'The region to ask STS in, and to write into the profile'
complete -c warder -n '__warder_at options add' -l write-profile -d 'Add a profile to ~/.aws/config'
complete -c warder -n '__warder_at options add' -l no-write-profile -d 'Add a profile to ~/.aws/config'
complete -c warder -n '__warder_at options add' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 add' -xa '(__warder_names keys)'
complete -c warder -n '__warder_at options list' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options list' -l json -d 'Print JSON'
complete -c warder -n '__warder_at options list' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options remove' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options remove' -l yes -d 'Do not ask whether you are sure'
complete -c warder -n '__warder_at options remove' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 remove' -xa '(__warder_names keys)'
complete -c warder -n '__warder_at options process' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options process' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options process' -l read-only -d 'Narrow the role to AWS\'s ReadOnlyAccess'
complete -c warder -n '__warder_at options process' -l policy -rF -d 'Narrow the role to the session policy in this file'
complete -c warder -n '__warder_at options process' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 process' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options env' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options env' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options env' -l read-only -d 'Narrow the role to AWS\'s ReadOnlyAccess'
complete -c warder -n '__warder_at options env' -l policy -rF -d 'Narrow the role to the session policy in this file'
complete -c warder -n '__warder_at options env' -l shell -xa 'bash zsh sh fish nu pwsh' -d 'bash, zsh, sh, fish, nu or pwsh; the shell that runs warder, if not given'
complete -c warder -n '__warder_at options env' -l format -xa 'dotenv json systemd github' -d 'dotenv, json, systemd or github, in place of a shell\'s statements'
complete -c warder -n '__warder_at options env' -l unset -d 'Print statements that take the variables away again'
complete -c warder -n '__warder_at options env' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 env' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options exec' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options exec' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options exec' -l read-only -d 'Narrow the role to AWS\'s ReadOnlyAccess'
complete -c warder -n '__warder_at options exec' -l policy -rF -d 'Narrow the role to the session policy in this file'
complete -c warder -n '__warder_at options exec' -l serve -d 'Serve credentials that renew themselves, in place of keys in the environment'
complete -c warder -n '__warder_at options exec' -l min-ttl -x -d 'Renew a session that has less left than this: 30m, 2h'
complete -c warder -n '__warder_at options exec' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 exec' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at 1+ exec' -xa '(__warder_command)'
complete -c warder -n '__warder_at options mfa' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options mfa' -l list -d 'Show who waits, and ask nothing'
complete -c warder -n '__warder_at options mfa' -l json -d 'Print JSON, with --list'
complete -c warder -n '__warder_at options mfa' -l watch -d 'Stay, and ask whenever somebody waits; Ctrl-C ends it'
complete -c warder -n '__warder_at options mfa' -l dismiss -d 'Send the one that waits away, without an answer'
complete -c warder -n '__warder_at options mfa' -l pid -x -d 'Answer this process, of those in --list'
complete -c warder -n '__warder_at options mfa' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 mfa' -x
complete -c warder -n '__warder_at options refresh' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options refresh' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options refresh' -l device-code -d 'Sign in by a code in the browser of any machine'
complete -c warder -n '__warder_at options refresh' -l all -d 'Every profile whose credential_process is warder'
complete -c warder -n '__warder_at options refresh' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0+ refresh' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options forget' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options forget' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 forget' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options whoami' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options whoami' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options whoami' -l json -d 'Print JSON'
complete -c warder -n '__warder_at options whoami' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 whoami' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options explain' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options explain' -l read-only -d 'Narrow the role to AWS\'s ReadOnlyAccess'
complete -c warder -n '__warder_at options explain' -l policy -rF -d 'Narrow the role to the session policy in this file'
complete -c warder -n '__warder_at options explain' -l json -d 'Print JSON'
complete -c warder -n '__warder_at options explain' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 explain' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options adopt' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options adopt' -l undo -d 'Take back what adopt changed, to the byte'
complete -c warder -n '__warder_at options adopt' -l dry-run -d 'Show what would change, and change nothing'
complete -c warder -n '__warder_at options adopt' -l all -d 'Every profile with a role or IAM Identity Center; with --undo, every adopted one'
complete -c warder -n '__warder_at options adopt' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0+ adopt' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options use' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options use' -l mfa-code -x -d 'The six digits of the MFA device, if they are needed'
complete -c warder -n '__warder_at options use' -l shell -xa 'bash zsh sh fish nu pwsh' -d 'The shell whose statements are printed; the hook gives it'
complete -c warder -n '__warder_at options use' -l keys -d 'Export the credentials themselves'
complete -c warder -n '__warder_at options use' -l read-only -d 'Narrow the role to AWS\'s ReadOnlyAccess policy; means --keys'
complete -c warder -n '__warder_at options use' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 use' -xa '(__warder_names profiles)'
complete -c warder -n '__warder_at options hook' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 hook' -xa 'bash zsh fish nu'
complete -c warder -n '__warder_at options trust' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options trust' -l list -d 'Show what is trusted'
complete -c warder -n '__warder_at options trust' -l json -d 'Show it as JSON'
complete -c warder -n '__warder_at options trust' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 trust' -rF
complete -c warder -n '__warder_at options distrust' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options distrust' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 distrust' -rF
complete -c warder -n '__warder_at options unlock' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options unlock' -l for -x -d 'For how long: 8h, 90m, 1d'
complete -c warder -n '__warder_at options unlock' -l keys -d 'Unlock the vault\'s key as well'
complete -c warder -n '__warder_at options unlock' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options lock' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options lock' -l watch -d 'Stay, and lock on suspend and with the screen'
complete -c warder -n '__warder_at options lock' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options status' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options status' -l json -d 'Print JSON'
complete -c warder -n '__warder_at options status' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 store' -a show -d 'Says where the keys are'
complete -c warder -n '__warder_at 0 store' -a move -d 'Moves all keys to the other store'
complete -c warder -n '__warder_at options store' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options store show' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options store show' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options store move' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options store move' -l to -xa 'file libsecret' -d 'libsecret or file'
complete -c warder -n '__warder_at options store move' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault' -a init -d 'Makes a vault, and prints its recovery code'
complete -c warder -n '__warder_at 0 vault' -a passphrase -d 'Changes the vault\'s passphrase'
complete -c warder -n '__warder_at 0 vault' -a recovery -d 'Makes a new recovery code, in place of the one before, and prints it'
complete -c warder -n '__warder_at 0 vault' -a slots -d 'Shows, adds and removes the ways into the vault'
complete -c warder -n '__warder_at 0 vault' -a verify -d 'Reads the whole vault and says what it holds'
complete -c warder -n '__warder_at 0 vault' -a backup -d 'Copies the vault, encrypted as it is, to a new file'
complete -c warder -n '__warder_at 0 vault' -a restore -d 'Puts a copy in the vault\'s place; what was there is kept as vault.replaced'
complete -c warder -n '__warder_at options vault' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault init' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault init' -l no-recovery -d 'Make no recovery code'
complete -c warder -n '__warder_at options vault init' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault passphrase' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault passphrase' -l recovery -d 'Open the vault with its recovery code in place of the passphrase'
complete -c warder -n '__warder_at options vault passphrase' -l stdin -d 'Read the recovery code from standard input'
complete -c warder -n '__warder_at options vault passphrase' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault recovery' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault recovery' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault slots' -a list -d 'Shows the slots; opens nothing'
complete -c warder -n '__warder_at 0 vault slots' -a add -d 'Adds a way into the vault'
complete -c warder -n '__warder_at 0 vault slots' -a remove -d 'Removes a way into the vault; the last one stays'
complete -c warder -n '__warder_at options vault slots' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault slots list' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault slots list' -l json -d 'Print JSON'
complete -c warder -n '__warder_at options vault slots list' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault slots add' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault slots add' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault slots add' -xa 'libsecret keyfile passphrase recovery'
complete -c warder -n '__warder_at 1 vault slots add' -rF
complete -c warder -n '__warder_at options vault slots remove' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault slots remove' -l rekey -d 'Encrypt the vault under a new key'
complete -c warder -n '__warder_at options vault slots remove' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault slots remove' -x
complete -c warder -n '__warder_at options vault verify' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault verify' -l accept-older -d 'Take this vault as the current one, even if a newer generation was seen here before'
complete -c warder -n '__warder_at options vault verify' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at options vault backup' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault backup' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault backup' -rF
complete -c warder -n '__warder_at options vault restore' -l no-prompt -d 'Never ask; WARDER_NO_PROMPT=1 does the same'
complete -c warder -n '__warder_at options vault restore' -s h -l help -d 'Show help information'
complete -c warder -n '__warder_at 0 vault restore' -rF
complete -c warder -n '__warder_at 0+ help' -xa '(string match -rv -- " " $__warder_paths)'
complete -c warder -n '__warder_at options drop' -l all
# END
