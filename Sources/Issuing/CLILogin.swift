import Failures
import Linux
import Setup
import Stores
import Text
import Times

/// The AWS CLI's login of one session, as warder would find it now: nothing is asked, sent or changed.
package struct CLILogin {
    /// Warder's own login of the same session, which is used before the AWS CLI's.
    package enum Own {
        /// There is none, or none that can be renewed.
        case absent
        /// Its credentials have ended; AWS may renew it.
        case renewable
        /// Its credentials are valid.
        case live
    }

    /// Where the AWS CLI keeps it, there or not.
    package let path: String
    /// Why warder refuses the file; nil if it takes it, or if there is none.
    package let fault: Failure?
    /// Nil while locked.
    package let own: Own?

    /// - Parameter session: `login_session`; nil is returned without a home.
    package init?(of session: String, _ keys: Keys) {
        let cache = LoginCache(context: keys.context)
        guard let path = Self.path(of: session, keys.context) else { return nil }
        self.path = path
        var fault: Failure?
        do throws(Failure) { _ = try cache.entry(of: session) } catch { fault = error }
        self.fault = fault
        own = Self.own(session, keys)
    }

    /// Where the AWS CLI keeps the login of a session, there or not; nil without a home.
    package static func path(of session: String, _ context: Context) -> String? {
        (try? LoginCache(context: context).path(of: session)) ?? nil
    }

    /// The folder of all of them; nil without a home.
    package static func folder(_ context: Context) -> String? {
        path(of: "", context).flatMap { Text.folder(ofPath: $0) }
    }

    private static func own(_ session: String, _ keys: Keys) -> Own? {
        do throws(Failure) {
            guard let kept = try KeptLogin.unlocked(session, keys) else { return nil }
            guard let token = kept.token else { return .absent }
            if token.isValid(at: UnixTime(keys.context.now)) { return .live }
            return SentTokens(context: keys.context).contains(token) ? .absent : .renewable
        } catch { return nil }
    }
}
