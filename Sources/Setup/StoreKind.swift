/// The kinds of stores, as settings and options name them.
package enum StoreKind: String, CaseIterable, Sendable {
    /// warder's own vault.
    case file
    /// The desktop's Secret Service.
    case libsecret

    /// The name that messages use for it.
    package var spoken: String {
        switch self {
        case .file: "vault"
        case .libsecret: "desktop's Secret Service"
        }
    }
}
