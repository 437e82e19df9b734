import Failures
import Sessions
import Setup

extension Keys {
    /// The cached sessions that have not ended; nil while locked.
    package func liveSessions() throws(Failure) -> [SessionSummary]? {
        guard let sessions = try unlockedSessions() else { return nil }
        let now = context.now
        do throws(SessionCacheError) { return try sessions.all().filter { $0.expiration > now } } catch {
            throw Failure(error)
        }
    }

    /// How much there is in the cache; nil while locked.
    package func counts() throws(Failure) -> SessionCounts? {
        guard let sessions = try unlockedSessions() else { return nil }
        do throws(SessionCacheError) { return try sessions.counts(now: context.now) } catch { throw Failure(error) }
    }

    /// Drops every cached session, which needs no key.
    package func forgetAllSessions() throws(Failure) {
        do throws(SessionCacheError) { try SessionFolder(context.paths.sessions).forgetAll() } catch {
            throw Failure(error)
        }
    }

    /// Drops the cached sessions that came from a stored key; all of them where the cache is locked and it cannot be
    /// told which those are.
    package func forgetSessions(ofKey name: String) throws(Failure) {
        guard let sessions = try unlockedSessions() else { return try forgetAllSessions() }
        do throws(SessionCacheError) {
            for session in try sessions.all() where session.label.key == name { try sessions.forget(session.name) }
        } catch { throw Failure(error) }
    }
}
