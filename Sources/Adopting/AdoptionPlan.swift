import Chains
import Failures
import Linux
import Profiles
import Setup
import Text

/// What `adopt` will change, checked as a whole before anything is written.
package struct AdoptionPlan {
    let files: ProfileSet
    /// The files after the change.
    private(set) var result: ProfileSet
    let undoes: Bool
    /// Supplies the endpoint, which determines the valid names of roles, and warder's path.
    let context: Context
    /// The command is for all profiles and names none.
    let isForAll: Bool
    package private(set) var edits: [Edit] = []
    package private(set) var changed: [String] = []
    private(set) var unchanged: [String] = []
    /// With `--all`: the profiles that cannot be changed, and why.
    private(set) var refused: [(name: String, failure: Failure)] = []

    package var config: ProfileFile? { files.config }

    /// - Parameters:
    ///   - names: the profiles to change; nil for all that have something to adopt or to undo.
    package init(
        _ context: Context, _ loaded: ProfileSet, names: [String]?, undoes: Bool
    ) throws(Failure) {
        isForAll = names == nil
        files = isForAll ? loaded.indexed() : loaded
        result = files
        self.undoes = undoes
        self.context = context
        var found: [(name: String, edits: [Edit])] = []
        for name in Self.profiles(files, names, undoes: undoes) {
            do throws(Failure) { found.append((name, try edits(of: name, in: files))) } catch {
                guard isForAll else { throw error }
                refused.append((name, error))
            }
        }
        result = try Self.edited(files, found)
        let kept = try keeping(found)
        if kept.count < found.count { result = try Self.edited(files, kept) }
        found = kept
        for (name, edits) in found where edits.isEmpty { unchanged.append(name) }
        for (name, edits) in found where !edits.isEmpty { changed.append(name) }
        edits = found.flatMap(\.edits).inOrder
    }

    /// Why other profiles stay unchanged. Once the file is written, with the line numbers that it has then.
    func refusals(isWritten: Bool) -> [Failure] {
        refused.map { name, failure in
            guard isWritten else { return failure }
            do throws(Failure) { _ = try edits(of: name, in: result) } catch { return error }
            return failure
        }
    }

    /// The profiles to change, without duplicates.
    private static func profiles(_ files: ProfileSet, _ names: [String]?, undoes: Bool) -> [String] {
        var seen: Set<String> = []
        if let names { return names.filter { seen.insert($0).inserted } }
        return files.profileNames.filter { name in
            guard let profile = files.profile(name), profile.origin.path == files.config?.path else { return false }
            return undoes ? files.isAdopted(name) : profile.hasRoleOrSignIn
        }
    }

    private func edits(of name: String, in files: ProfileSet) throws(Failure) -> [Edit] {
        let edits: [Edit]
        do throws(EditingError) {
            if undoes { return try files.releasing(name) }
            edits = try files.adopting(name, program: context.ownPath)
        } catch {
            throw Self.refusal(error, of: name, files)
        }
        // If warder cannot resolve the profile, adopting it would break it for every SDK.
        try resolve(name, in: files)
        return edits
    }

    private static func refusal(_ error: EditingError, of name: String, _ files: ProfileSet) -> Failure {
        switch error {
        case .noSuchProfile where files.ssoSession(name) != nil: return .signInNotProfile(name, files)
        case .noSuchProfile where files.services(name) != nil:
            return Failure(
                .notFound, "there is no profile named \(name): it is a services section, which profiles name",
                hint: "adopt the profiles that name it in services")
        case .noSuchProfile: return Failure(error).suggesting(nearest(to: name, among: files.profileNames))
        case .plaintextKey(let origin): return .plaintextKey(of: name, origin)
        case .onlyInCredentials:
            guard let key = files.profile(name)?.origin(of: "aws_access_key_id") else { return Failure(error) }
            return .plaintextKey(of: name, key)
        default: return Failure(error)
        }
    }

    private func resolve(_ name: String, in files: ProfileSet) throws(Failure) {
        do throws(ChainError) {
            _ = try Chain.resolve(name, in: files, environment: { context.environment[$0] }) { _ in true }
        } catch { throw Failure(error) }
    }

    /// The files with all edits applied.
    private static func edited(
        _ files: ProfileSet, _ found: [(name: String, edits: [Edit])]
    ) throws(Failure) -> ProfileSet {
        guard let config = files.config else { return files }
        let text = config.edited(found.flatMap(\.edits).inOrder)
        do throws(ProfileError) {
            return files.with(config: try ProfileFile(text: text, path: config.path, kind: .config))
        } catch { throw Failure(error) }
    }

    /// Keeps the profiles that still resolve after the change.
    private mutating func keeping(
        _ found: [(name: String, edits: [Edit])]
    ) throws(Failure) -> [(name: String, edits: [Edit])] {
        guard !undoes else { return found }
        var kept: [(name: String, edits: [Edit])] = []
        for (name, edits) in found {
            do throws(Failure) {
                try resolve(name, in: result)
                kept.append((name, edits))
            } catch {
                guard isForAll else { throw error }
                refused.append((name, error))
            }
        }
        return kept
    }
}

extension Profile {
    /// Whether the profile, or one that it includes, is a role, or has a sign-in of IAM Identity Center or the console;
    /// true also if that cannot be read.
    fileprivate var hasRoleOrSignIn: Bool {
        ["role_arn", "sso_session", "sso_start_url", "login_session"].contains { key in
            do throws(ProfileError) { return try setting(key) != nil } catch { return true }
        }
    }
}

extension Failure {
    /// A key that SDKs use whatever else the profile says.
    fileprivate static func plaintextKey(of name: String, _ origin: Origin) -> Failure {
        Failure(
            .badConfig, "\(origin.place): a key in plain text, which SDKs take without asking warder",
            hint: "run warder import \(shellWord(name))")
    }

    /// The name is not a profile's but that of an sso-session.
    fileprivate static func signInNotProfile(_ name: String, _ files: ProfileSet) -> Failure {
        let users = files.profileNames.filter { profile in
            guard let session = try? files.profile(profile)?.setting("sso_session") else { return false }
            return session.value == name
        }
        return Failure(
            .notFound, "there is no profile named \(name): it is an sso-session, which profiles name",
            hint: users.isEmpty
                ? "adopt the profiles that name it in sso_session"
                : "adopt the profiles that name it: warder adopt \(users.prefix(8).joined(separator: " "))")
    }
}
