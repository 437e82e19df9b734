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

# BEGIN: written by completions/generate.py
def "nu-complete warder file-or-libsecret" [] { ["file" "libsecret"] }
def "nu-complete warder bash-or-zsh-or-sh-or-fish-or-nu-or-pwsh" [] { ["bash" "zsh" "sh" "fish" "nu" "pwsh"] }
def "nu-complete warder dotenv-or-json-or-systemd-or-github" [] { ["dotenv" "json" "systemd" "github"] }
def "nu-complete warder bash-or-zsh-or-fish-or-nu" [] { ["bash" "zsh" "fish" "nu"] }
def "nu-complete warder libsecret-or-keyfile-or-passphrase-or-recovery" [] { ["libsecret" "keyfile" "passphrase" "recovery"] }
def "nu-complete warder commands" [] { ["add" "list" "remove" "process" "env" "exec" "mfa" "refresh" "forget" "whoami" "explain" "adopt" "use" "drop" "hook" "trust" "distrust" "unlock" "lock" "status" "store" "vault" "help"] }

# Keeps AWS access keys encrypted, and answers every SDK with short-lived sessions
export extern main [
    command?: string
    --version  # Show the version
    --help(-h)  # Show help information
]

# Stores an access key
export extern "warder add" [
    name?: string@"nu-complete warder keys"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --stdin  # Read standard input: a line for key id, secret, and seed each
    --csv: path  # Read the file that the AWS console gives for download
    --from-env  # Take AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
    --no-verify  # Store it without asking AWS whether it works
    --replace  # Replace the key of this name
    --store: string@"nu-complete warder file-or-libsecret"  # Where keys go: libsecret or file; the first key decides
    --mfa-serial: string  # The MFA device of its user: an ARN, or a serial number
    --totp  # Also store the seed of the MFA device, or remove it
    --no-totp  # Also store the seed of the MFA device, or remove it
    --region: string  # The region to ask STS in, and to write into the profile
    --write-profile  # Add a profile to ~/.aws/config
    --no-write-profile  # Add a profile to ~/.aws/config
    --help(-h)  # Show help information
]

# Shows keys, profiles and sessions in one table
export extern "warder list" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --json  # Print JSON
    --help(-h)  # Show help information
]

# Deletes a stored key, and every session that came from it
export extern "warder remove" [
    name?: string@"nu-complete warder keys"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --yes  # Do not ask whether you are sure
    --help(-h)  # Show help information
]

# Prints a profile's credentials as SDKs want them from a credential_process
export extern "warder process" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --help(-h)  # Show help information
]

# Prints statements that export a profile's credentials
export extern "warder env" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --shell: string@"nu-complete warder bash-or-zsh-or-sh-or-fish-or-nu-or-pwsh"  # bash, zsh, sh, fish, nu or pwsh; the shell that runs warder, if not given
    --format: string@"nu-complete warder dotenv-or-json-or-systemd-or-github"  # dotenv, json, systemd or github, in place of a shell's statements
    --unset  # Print statements that take the variables away again
    --help(-h)  # Show help information
]

# Answers a process that waits for an MFA code, or a yes, and has no terminal
export extern "warder mfa" [
    answer?: string
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --list  # List the waiting processes, and do not prompt
    --json  # Print JSON, with --list
    --watch  # Keep running and ask whenever a process waits; Ctrl-C ends it
    --dismiss  # Dismiss the waiting process, without an answer
    --pid: string  # Answer this process, of those in --list
    --help(-h)  # Show help information
]

# Mints new sessions now: before work, before a long run
export extern "warder refresh" [
    ...profiles: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --device-code  # Sign in by a code in the browser of any machine
    --all  # Every profile whose credential_process is warder
    --help(-h)  # Show help information
]

# Drops cached sessions: a profile's, or all
export extern "warder forget" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Asks AWS who a profile's credentials are (sts:GetCallerIdentity)
export extern "warder whoami" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --mfa-code: string  # The six digits of the MFA device, if they are needed
    --json  # Print JSON
    --help(-h)  # Show help information
]

# Shows where a profile's credentials come from, and what the next process will do
export extern "warder explain" [
    profile?: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --read-only  # Narrow the role to AWS's ReadOnlyAccess
    --policy: path  # Narrow the role to the session policy in this file
    --json  # Print JSON
    --help(-h)  # Show help information
]

# Points profiles at warder, so that every SDK asks it for their credentials
export extern "warder adopt" [
    ...profiles: string@"nu-complete warder profiles"
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --undo  # Take back what adopt changed, to the byte
    --dry-run  # Show what would change, and change nothing
    --all  # Every profile with a role or IAM Identity Center; with --undo, every adopted one
    --help(-h)  # Show help information
]

# Prints the shell integration, for the shell's start-up file
export extern "warder hook" [
    shell?: string@"nu-complete warder bash-or-zsh-or-fish-or-nu"
    --help(-h)  # Show help information
]

# Approves a folder's .warder, so that entering the folder uses its profile
export extern "warder trust" [
    path?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --list  # Show what is trusted
    --json  # Show it as JSON
    --help(-h)  # Show help information
]

# Takes the approval of a folder's .warder away
export extern "warder distrust" [
    path?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Lets warder use cached sessions without asking, for a time
export extern "warder unlock" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --for: string  # For how long: 8h, 90m, 1d
    --keys  # Unlock the vault's key as well
    --help(-h)  # Show help information
]

# Takes the unlocked keys away
export extern "warder lock" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --watch  # Keep running, and lock on suspend and with the screen
    --help(-h)  # Show help information
]

# Shows whether warder is unlocked, and what each session has left
export extern "warder status" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --json  # Print JSON
    --help(-h)  # Show help information
]

# Says where the keys are, and moves them
export extern "warder store" [
    command?: string
    --help(-h)  # Show help information
]

# Says where the keys are
export extern "warder store show" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Moves all keys to the other store
export extern "warder store move" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --to: string@"nu-complete warder file-or-libsecret"  # libsecret or file
    --help(-h)  # Show help information
]

# The vault's own upkeep
export extern "warder vault" [
    command?: string
    --help(-h)  # Show help information
]

# Makes a vault, and prints its recovery code
export extern "warder vault init" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --no-recovery  # Make no recovery code
    --help(-h)  # Show help information
]

# Changes the vault's passphrase
export extern "warder vault passphrase" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --recovery  # Open the vault with its recovery code in place of the passphrase
    --stdin  # Read the recovery code from standard input
    --help(-h)  # Show help information
]

# Makes a new recovery code, in place of the one before, and prints it
export extern "warder vault recovery" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Shows, adds and removes the ways into the vault
export extern "warder vault slots" [
    command?: string
    --help(-h)  # Show help information
]

# Shows the slots; opens nothing
export extern "warder vault slots list" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --json  # Print JSON
    --help(-h)  # Show help information
]

# Adds a way into the vault
export extern "warder vault slots add" [
    kind?: string@"nu-complete warder libsecret-or-keyfile-or-passphrase-or-recovery"
    path?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Removes a way into the vault; the last one stays
export extern "warder vault slots remove" [
    slot?: string
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --rekey  # Encrypt the vault under a new key
    --yes  # Do not ask whether you are sure
    --help(-h)  # Show help information
]

# Reads the whole vault and says what it holds
export extern "warder vault verify" [
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --accept-older  # Take this vault as the current one, even if a newer generation was seen here before
    --help(-h)  # Show help information
]

# Copies the vault, encrypted as it is, to a new file
export extern "warder vault backup" [
    file?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Puts a copy in the vault's place; what was there is kept as vault.replaced
export extern "warder vault restore" [
    file?: path
    --no-prompt  # Never ask; WARDER_NO_PROMPT=1 does the same
    --help(-h)  # Show help information
]

# Show subcommand help information
export extern "warder help" [
    ...subcommands: string@"nu-complete warder commands"
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
