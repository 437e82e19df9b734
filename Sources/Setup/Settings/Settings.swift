import Failures
import Profiles
import Prompt

/// warder's own settings: those of the user (`[warder]` in `$XDG_CONFIG_HOME/warder/config`), then the machine's defaults
/// (`[warder]` in `/etc/warder/config`), within the machine's bounds (`[policy]` there).
package struct Settings {
    /// `unlock_time`: how long the session-cache key stays available, in seconds; 8 hours by default.
    package var unlockTime = 8 * 3600
    /// `store`: where keys are kept, and the line that says so; nil to detect the store that exists.
    package var store: (kind: StoreKind, origin: Origin)?
    /// `keyfile`: the file that opens the vault's keyfile slot.
    package var keyfile: String?
    /// `prompt`: how to ask for a passphrase: the first method that works; `terminal, pinentry` by default.
    package var methods: [PromptMethod] = [.terminal, .pinentry(named: nil)]
    /// `pinentry`: the pinentry program; nil for gpg-agent's.
    package var pinentry: String?
    /// `code_prompt`: how to ask for codes and yes/no answers, all methods at once; nil to choose automatically.
    package var codeMethods: [PromptMethod]?
    /// `handoff_time`: how long a process that cannot prompt waits for `warder mfa`, in seconds; 50 by default, because
    /// the SDKs for Go give up after 60. 0 turns the wait off.
    package var remotePromptTime = 50
    /// `rotate_after`: the age from which a key is due for rotation, in seconds; 90 days by default, nil (`off`) for never.
    package var rotateAfter: Int? = 90 * 86_400
    /// `process_prompt`: how `process` asks for a passphrase; `terminal` by default.
    package var helperMethods: [PromptMethod] = [.terminal]
    /// `log`: `off` if no log is written of what warder does; `on` by default.
    package var isLogOff = false

    /// The bounds that another value would go past, which hold in its place.
    package var effects: [Policy.Effect] = []
}
