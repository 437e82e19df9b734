import Failures

/// What a store shows of itself without being opened.
package struct StoreHead {
    /// Tells it from other stores of the same user: what lies unlocked belongs to it.
    package let identifier: String
    /// Which state of it a noted list of keys belongs to.
    package let generation: UInt64
}

/// What a store shows of itself, read once in a command that waits for nothing. As soon as this process is about to wait,
/// for a lock, a person or the network, or to change the store, another process may change it too: from then on it is
/// read each time.
struct StoreHeadOnce {
    private var known: StoreHead?
    private var isKept = true

    /// The head, from `read` unless it is known; nil where there is no store, which is never kept.
    mutating func head(_ read: () throws(Failure) -> StoreHead?) throws(Failure) -> StoreHead? {
        if let known { return known }
        let head = try read()
        if isKept { known = head }
        return head
    }

    /// From here on the store is looked at each time.
    mutating func lookAgain() {
        known = nil
        isKept = false
    }
}
