import Failures

/// How a store would open for the next `process`, as far as can be seen without a secret.
package enum StoreOutlook {
    /// By itself, for all that can be seen.
    case unasked
    /// By its passphrase, which warder prompts for.
    case passphrase
    /// Not at all.
    case closed(Failure)
}
