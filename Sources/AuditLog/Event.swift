import Linux

/// Something that happened to the user's keys and sessions. It holds no secret.
package struct Event: Sendable, Equatable {
    /// What happened. The raw value is the word in the log.
    package enum Kind: String, CaseIterable, Sendable {
        /// Credentials were given out.
        case served
        /// AWS made a session.
        case minted
        /// The session-cache key, or the vault's key, became available to other processes.
        case unlocked
        /// It was taken away.
        case locked
        /// AWS refused a request, or a person said no.
        case refused
        /// Credentials were wanted, and not given out for another reason.
        case failed
        /// A key was stored.
        case added
        /// A key was taken over from the AWS files or from another tool.
        case imported
        /// A key was replaced by a new one at AWS.
        case rotated
        /// A key was deleted from the store.
        case removed
        /// What opens the vault changed.
        case slotChanged = "slot changed"
        /// A person allowed credentials to be given out.
        case confirmed
        /// A question of another process was answered by `warder mfa`.
        case answered
    }

    /// Where credentials that were given out came from.
    package enum Origin: String, Sendable {
        /// A session that lay in the cache, or a key as it is stored.
        case cached
        /// A session made for this answer.
        case minted
    }

    package var kind: Kind
    package var profile: String?
    /// The ARN of the role that was assumed last.
    package var role: String?
    /// The name of that role's session.
    package var session: String?
    /// The last four characters of an access key ID.
    package private(set) var key: String?
    package var origin: Origin?
    /// The command that did it; of a vault's slot, its type.
    package var by: String?
    /// Why it was refused, or failed.
    package var reason: String?
    package var caller: CallerSummary?

    /// - Parameter keyID: the access key ID concerned; all but its last four characters are dropped.
    package init(
        _ kind: Kind, profile: String? = nil, role: String? = nil, session: String? = nil, keyID: String? = nil,
        origin: Origin? = nil, by: String? = nil, reason: String? = nil
    ) {
        self.kind = kind
        self.profile = profile
        self.role = role
        self.session = session
        key = keyID.map { String(Substring($0.utf8.suffix(4))) }
        self.origin = origin
        self.by = by
        self.reason = reason
    }
}
