import Failures
import Setup
import Text
import Vault

/// What AWS still has of a key that is deleted or replaced in the store.
package struct KeysLeft {
    /// The ids of its keys there.
    private let identifiers: [String]
    /// An interrupted rotation may have made one more, whose id is not known.
    package let mayHaveUnknown: Bool

    /// What is left of a stored key; nothing if that is too damaged to read, which is a reason to delete or replace it.
    ///
    /// - Parameter new: the id of the key that takes its place.
    package init(of name: KeyName, in keys: Keys, replacedBy new: String? = nil) throws(Failure) {
        let summary: AccessKeySummary?
        do throws(Failure) { summary = try keys.recordBefore(name)?.summary } catch {
            guard error.code == .damaged else { throw error }
            summary = nil
        }
        identifiers = summary?.keysAtAWS.filter { $0 != new } ?? []
        mayHaveUnknown = summary?.mayHaveUnknownKey ?? false
    }

    /// Says so, once it is gone from the store.
    package func report(on console: any Console) {
        for identifier in identifiers {
            console.note("at AWS the key \(identifier) goes on working until it is deleted there")
            console.say(
                "hint: aws iam delete-access-key --access-key-id \(shellWord(identifier)) (needs permission to do that)"
            )
        }
        guard mayHaveUnknown else { return }
        console.note("its rotation was interrupted: AWS may have made one more key, which nothing has now")
        console.say("hint: aws iam list-access-keys shows it")
    }
}
