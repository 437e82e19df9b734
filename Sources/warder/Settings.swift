import Linux
import Profiles
import Secrets
import Sessions

/// warder's own settings, from the section `[warder]` of `$XDG_CONFIG_HOME/warder/config`.
struct Settings {
    /// `unlock_time`: how long the session-cache key stays available, in seconds; 8 hours unless told.
    var unlockTime = 8 * 3600

    /// Reads the file; a missing one leaves everything at its default.
    static func load(_ context: Context) throws(Failure) -> Settings {
        guard let section = try section(context.places.settings) else { return Settings() }
        let time: Setting?
        do throws(ProfileError) { time = try section.plain("unlock_time") } catch { throw Failure(error) }
        guard let time else { return Settings() }
        guard let seconds = seconds(ofDuration: time.value), (1...UnlockedState.longest).contains(seconds)
        else {
            throw Failure(
                .badConfig, "\(time.origin.path):\(time.origin.line): \(time.value) is not a time to be unlocked for",
                hint: "write 1s to 30d, as 8h or 90m")
        }
        return Settings(unlockTime: seconds)
    }

    private static func section(_ path: String) throws(Failure) -> Profile? {
        let text: SecretBytes
        do throws(FileError) { text = try readFile(path, limit: 1 << 20) } catch {
            if error.isAbsence { return nil }
            throw Failure(error, "warder's settings")
        }
        do throws(ProfileError) {
            // The credentials file's grammar: a section is its name alone.
            let file = try ProfileFile(text: text, path: path, kind: .credentials)
            return ProfileSet(config: nil, credentials: file).profile("warder")
        } catch { throw Failure(error) }
    }
}
