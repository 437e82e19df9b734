# Completion of warder's command line, for nushell: `use warder.nu *` in config.nu.
#
# Names of profiles and keys are data: a name that is not a plain word is quoted.

def "nu-complete warder names" [kind: string] {
    ^warder names $kind | complete | get stdout | lines | each {|name|
        if $name =~ '^[A-Za-z_/][\w/.@%+-]*$' { $name } else { $name | to json --raw }
    }
}

def "nu-complete warder profiles" [] { nu-complete warder names profiles }

def "nu-complete warder keys" [] { nu-complete warder names keys }

def "nu-complete warder sso-sessions" [] { nu-complete warder names sso-sessions }

# BEGIN: written by completions/generate.py
# of warder 0.2.0
def "nu-complete warder file-or-libsecret" [] { ["file" "libsecret"] }
def "nu-complete warder aws-vault" [] { ["aws-vault"] }
def "nu-complete warder bash-or-zsh-or-sh-or-fish-or-nu-or-pwsh" [] { ["bash" "zsh" "sh" "fish" "nu" "pwsh"] }
def "nu-complete warder dotenv-or-json-or-systemd-or-github" [] { ["dotenv" "json" "systemd" "github"] }
def "nu-complete warder GET-or-PUT-or-HEAD-or-DELETE" [] { ["GET" "PUT" "HEAD" "DELETE"] }
def "nu-complete warder bash-or-zsh-or-fish-or-nu" [] { ["bash" "zsh" "fish" "nu"] }
def "nu-complete warder libsecret-or-keyfile-or-passphrase-or-recovery" [] { ["libsecret" "keyfile" "passphrase" "recovery"] }
def "nu-complete warder commands" [] { ["add" "import" "list" "rotate" "remove" "process" "env" "exec" "console" "presign" "login" "refresh" "mfa" "forget" "whoami" "explain" "adopt" "profiles" "doctor" "use" "drop" "hook" "trust" "distrust" "unlock" "lock" "status" "log" "store" "vault" "help" "version"] }

# Keeps AWS access keys encrypted, and answers every SDK with short-lived sessions
export extern main [
    command?: string
    --help(-h)  # Show this help
    --version(-V)  # Show the version
]

# Stores an access key
export extern "warder add" [
    name?: string@"nu-complete warder keys"
    --stdin  # Read standard input: a line for key id, secret, and seed each
    --csv: path  # Read the file that the AWS console gives for download
    --from-env  # Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    --no-verify  # Store it without asking AWS whether it works
    --replace  # Replace the key of this name
    --store: string@"nu-complete warder file-or-libsecret"  # Where keys go: libsecret or file; the first key decides
    --mfa-serial: string  # The MFA device of its user: an ARN, or a serial number
    --totp  # Also store the seed of the MFA device, or remove it
    --region: string  # The region to ask STS in, and to write into the profile
    --write-profile  # Add a profile to ~/.aws/config
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Moves plaintext keys from the AWS files into the store
export extern "warder import" [
    ...profiles: string@"nu-complete warder profiles"
    --from: string@"nu-complete warder aws-vault"  # Take the keys of another program in place of the files: aws-vault
    --dry-run  # Show what would change, and change nothing
    --yes  # Do not ask before anything changes
    --no-verify  # Store the keys without asking AWS whether they work
    --adopt  # Also adopt profiles that depend on a key and have an MFA device
    --session-off  # Keys that call IAM, without an MFA device, sign without a session
    --store: string@"nu-complete warder file-or-libsecret"  # Where keys go: libsecret or file; the first key decides
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows keys, profiles and sessions in one table
export extern "warder list" [
    --json  # Print JSON
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Replaces keys at AWS: makes a new one, and retires the old one
export extern "warder rotate" [
    ...names: string@"nu-complete warder keys"
    --all  # Every stored key
    --older-than: string  # Only keys of at least this age, such as 90d, and unfinished ones
    --keep-old  # Deactivate the old key, and do not delete it
    --grace: string  # Let the old key work for this time: 7d, 12h; 0s to end it
    --dry-run  # Ask AWS what there is, show the steps, change nothing
    --json  # Print JSON
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --notify  # Where a code or passphrase is needed, notify the desktop
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Deletes a stored key, and every session that came from it
export extern "warder remove" [
    name?: string@"nu-complete warder keys"
    --yes  # Do not ask whether you are sure
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Prints a profile's credentials as SDKs want them from a credential_process
export extern "warder process" [
    profile?: string@"nu-complete warder profiles"
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Prints statements that export a profile's credentials
export extern "warder env" [
    profile?: string@"nu-complete warder profiles"
    --shell: string@"nu-complete warder bash-or-zsh-or-sh-or-fish-or-nu-or-pwsh"  # bash, zsh, sh, fish, nu or pwsh; the shell that runs warder, if not given
    --format: string@"nu-complete warder dotenv-or-json-or-systemd-or-github"  # dotenv, json, systemd or github, in place of a shell's statements
    --unset  # Print statements that unset the variables
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Signs in to the AWS console as a profile: prints the URL, or opens it
export extern "warder console" [
    profile?: string@"nu-complete warder profiles"
    --open  # Open it in the desktop's browser, instead of printing the URL
    --browser: string  # Open it with this program
    --container  # Open it in a Firefox container named after the profile
    --service: string  # Go to the start page of a service: s3, ec2, iam
    --to: string  # Go to this page of the console
    --region: string  # Show this region, not the profile's
    --duration: string  # How long the console session lasts: 1h, 8h; 12h at most
    --min-ttl: string  # Renew a session that has less left than this: 30m, 2h
    --policy: path  # Narrow the session to this policy: a file, JSON, or an ARN
    --read-only  # Narrow the session to AWS's ReadOnlyAccess
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Prints a URL with which anyone can get, or put, one S3 object
export extern "warder presign" [
    profile?: string@"nu-complete warder profiles"
    object?: string
    --expires: string  # How long the URL is valid: 40m, 12h, 7d at most; 1h by default
    --method: string@"nu-complete warder GET-or-PUT-or-HEAD-or-DELETE"  # GET, PUT, HEAD or DELETE; GET by default
    --content-type: string  # The Content-Type that an upload must have (PUT)
    --version-id: string  # A version of the object (GET, HEAD, DELETE)
    --download-as: string  # The name under which a browser saves it (GET, HEAD)
    --region: string  # The bucket's region, if it is not the profile's
    --min-ttl: string  # Renew a session that has less left than this: 30m, 2h
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Signs in with your AWS console credentials
export extern "warder login" [
    profile?: string@"nu-complete warder profiles"
    --region: string  # The region to sign in at, and to write into a new profile
    --device-code  # Sign in by a code in the browser of any machine
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Mints new sessions now: before work, before a long run
export extern "warder refresh" [
    ...profiles: string@"nu-complete warder profiles"
    --all  # Every profile whose credential_process is warder
    --device-code  # Sign in by a code in the browser of any machine
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Answers a process that waits for an MFA code, or a yes, and has no terminal
export extern "warder mfa" [
    answer?: string
    --list  # List the waiting processes, and do not prompt; with --json as JSON
    --json  # Print JSON
    --watch  # Keep running and ask whenever a process waits; Ctrl-C ends it
    --dismiss  # Dismiss the waiting process, without an answer
    --pid: string  # Answer this process, of those in --list
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Drops cached sessions: a profile's, or all
export extern "warder forget" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Asks AWS who a profile's credentials are (sts:GetCallerIdentity)
export extern "warder whoami" [
    profile?: string@"nu-complete warder profiles"
    --json  # Print JSON
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows where a profile's credentials come from, and what the next process will do
export extern "warder explain" [
    profile?: string@"nu-complete warder profiles"
    --json  # Print JSON
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Points profiles at warder, so that every SDK asks it for their credentials
export extern "warder adopt" [
    ...profiles: string@"nu-complete warder profiles"
    --all  # Every profile with a role or IAM Identity Center; with --undo, every adopted one
    --undo  # Take back what adopt changed, to the byte
    --dry-run  # Show what would change, and change nothing
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Makes a profile for each account and role of IAM Identity Center
export extern "warder profiles" [
    --from-sso: string@"nu-complete warder sso-sessions"  # The [sso-session NAME] of ~/.aws/config to sign in to
    --name: string  # How to name the profiles; {account_name}-{role} by default
    --prefix: string  # What the names begin with
    --account: string  # Only accounts with this number or name; * stands for any characters
    --role: string  # Only roles with this name; * stands for any characters
    --default-region: string  # The region for profiles that have none
    --prune  # Also remove the command's own profiles whose role is gone
    --dry-run  # Show what would change, and change nothing
    --device-code  # Sign in by a code in the browser of any machine
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Finds problems, and prints a command to fix each
export extern "warder doctor" [
    profile?: string@"nu-complete warder profiles"
    --online  # Ask AWS too: endpoints, keys, MFA devices, roles
    --fix  # Make the safe fixes (permissions, adopting profiles), after asking
    --yes  # With --fix: do not ask
    --report  # Print a report to share, without user names, account numbers or key IDs
    --json  # Print JSON
    --help(-h)  # Show this help
]

# Prints the shell integration, for the shell's start-up file
export extern "warder hook" [
    shell?: string@"nu-complete warder bash-or-zsh-or-fish-or-nu"
    --help(-h)  # Show this help
]

# Approves a folder's .warder, so that entering the folder uses its profile
export extern "warder trust" [
    path?: path
    --list  # Show what is trusted; with --json as JSON
    --json  # Print JSON
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Revokes the approval of a folder's .warder
export extern "warder distrust" [
    path?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Lets warder use cached sessions without asking, for a time
export extern "warder unlock" [
    --for: string  # For how long: 8h, 90m, 1d
    --keys  # Unlock the vault's key as well
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Takes the unlocked keys away
export extern "warder lock" [
    --watch  # Keep running, and lock on suspend and with the screen
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows whether warder is unlocked, and what each session has left
export extern "warder status" [
    --json  # Print JSON
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows who used which credentials, and when
export extern "warder log" [
    profile?: string@"nu-complete warder profiles"
    --since: string  # How far back to go: 2h, 1d
    --caller: string  # Only what this program asked for
    --follow  # Keep running, and show what is added; Ctrl-C ends it
    --json  # Print JSON
    --verify  # Check that no line was changed, removed or added
    --begin-anew  # Begin a new log; the one so far is no longer verified
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Says where the keys are, and moves them
export extern "warder store" [
    command?: string
    --help(-h)  # Show this help
]

# Says where the keys are
export extern "warder store show" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Moves all keys to the other store
export extern "warder store move" [
    --to: string@"nu-complete warder file-or-libsecret"  # libsecret or file
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Maintains the vault: passphrase, slots, backups
export extern "warder vault" [
    command?: string
    --help(-h)  # Show this help
]

# Makes a vault, and prints its recovery code
export extern "warder vault init" [
    --no-recovery  # Make no recovery code
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Changes the vault's passphrase
export extern "warder vault passphrase" [
    --recovery  # Open the vault with its recovery code in place of the passphrase
    --stdin  # Read the recovery code from standard input
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Makes a new recovery code, in place of the one before, and prints it
export extern "warder vault recovery" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows, adds and removes the ways into the vault
export extern "warder vault slots" [
    command?: string
    --help(-h)  # Show this help
]

# Shows the slots; opens nothing
export extern "warder vault slots list" [
    --json  # Print JSON
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Adds a way into the vault
export extern "warder vault slots add" [
    kind?: string@"nu-complete warder libsecret-or-keyfile-or-passphrase-or-recovery"
    path?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Removes a way into the vault; the last one stays
export extern "warder vault slots remove" [
    slot?: string
    --rekey  # Encrypt the vault under a new key
    --yes  # Do not ask whether you are sure
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Reads the whole vault and says what it holds
export extern "warder vault verify" [
    --accept-older  # Take this vault as the current one, even if a newer generation was seen here before
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Copies the vault, encrypted as it is, to a new file
export extern "warder vault backup" [
    file?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Puts a copy in the vault's place; what was there is kept as vault.replaced
export extern "warder vault restore" [
    file?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show this help
]

# Shows how a command is used
export extern "warder help" [
    ...command: string@"nu-complete warder commands"
    --help(-h)  # Show this help
]

# Shows the version
export extern "warder version" [
    --help(-h)  # Show this help
]
# END

# Names of profiles before the command begins; after that, no completions of warder's.
def "nu-complete warder exec" [context: string] {
    if ($context | str contains ' -- ') { null } else { nu-complete warder names profiles }
}

# Runs a command with a profile's credentials in its environment
export def --wrapped "warder exec" [
    ...rest: string@"nu-complete warder exec"  # options, the profile, --, the command
] {
    ^warder exec ...$rest
}
