import Failures
import KeyInput
import Profiles
import Setup

/// The plaintext keys in the files, and what is no such key.
package struct FoundKeys {
    /// In the order of the files.
    package private(set) var pairs: [PlaintextPair] = []
    /// Profiles that have a session's credentials, and the line.
    package private(set) var sessions: [(profile: String, origin: Origin)] = []
    /// Profiles whose lines cannot be imported, and why.
    package private(set) var refused: [(profile: String, failure: Failure)] = []

    /// - Parameter names: the profiles to look at; all if there are none.
    package init(_ files: ProfileSet, names: [String]) {
        if names.isEmpty { refused = files.strayKeys.map { ($0.header ?? "", Failure($0)) } }
        for profile in files.plaintextProfiles where names.isEmpty || names.contains(profile) {
            do throws(PlaintextFault) {
                if let pair = try files.plaintextPair(of: profile) { take(pair) }
            } catch {
                if case .session(let origin) = error, names.isEmpty {
                    sessions.append((profile, origin))
                } else {
                    refused.append((profile, Failure(error, of: profile)))
                }
            }
        }
    }

    /// Takes a key in the form that `add` takes; what has another form could not sign, or not be stored.
    private mutating func take(_ pair: PlaintextPair) {
        do throws(KeyInputError) {
            // A session's id without its token, whatever follows.
            guard !pair.accessKeyID.utf8.starts(with: "ASIA".utf8) else { throw .temporary }
            try checkForm(identifier: pair.accessKeyID, secret: pair.secret)
            pairs.append(pair)
        } catch .temporary {
            sessions.append((pair.profile, pair.origin))
        } catch {
            refused.append((pair.profile, Failure(error, of: pair.profile, pair.origin)))
        }
    }
}
