import Explaining
import Failures
import Linux
import Profiles
import Sessions
import Setup
import Stores

/// The home that is examined, of which each part is read once.
package final class Subject {
    package let context: Context
    /// The one profile to examine; nil for all.
    package let profile: String?
    package let keys: Keys
    private let loading: ProfileLoading

    /// - Parameter profile: examine this profile alone, and what all profiles share.
    package init(_ context: Context, profile: String? = nil) {
        self.context = context
        self.profile = profile
        keys = Keys(context)
        loading = ProfileLoading(context)
    }

    /// The profiles, as far as the files can be read, or why it is unknown where those are.
    package private(set) lazy var profiles: Result<ProfileSet, Failure> = awsFiles.map(\.profiles)

    /// warder's settings, or why they cannot be read.
    package private(set) lazy var settings: Result<Settings, Failure> = Result { () throws(Failure) in
        try Settings.load(context)
    }

    /// The paths of the config and the credentials file, there or not; empty where they are unknown.
    package var files: [String] { loading.paths }

    /// The names of the profiles to examine; none where the files cannot be read.
    package private(set) lazy var names: [String] = {
        guard let all = try? profiles.get().profileNames else { return [] }
        guard let profile else { return all }
        return [profile]
    }()

    /// The home folder, if there is one.
    package var home: String? { context.environment.nonEmpty("HOME") }

    /// The config and the credentials file.
    private(set) lazy var awsFiles: Result<AWSFiles, Failure> = Result { () throws(Failure) in try AWSFiles(context) }

    /// Which profiles are meant to ask warder.
    private(set) lazy var meant = MeantProfiles((try? profiles.get()) ?? ProfileSet(config: nil, credentials: nil))

    /// The names of the stored keys, as far as they are known without a prompt; nil while that is unknown, or if the store
    /// may have others.
    private(set) lazy var storedKeys: Set<String>? = {
        guard case .success(let store) = Result(catching: { () throws(Failure) in try keys.store() }) else { return nil }
        guard let store else { return [] }
        guard store.isListExact, let index = keyIndex else { return nil }
        return Set(index.map(\.name))
    }()

    /// The path by which SDKs should call this executable.
    private(set) lazy var ownPath: String = context.ownPath

    /// The stored keys as they were noted; nil while locked, and where there are none.
    package private(set) lazy var keyIndex: [IndexedKey]? = (try? keys.index()) ?? nil
}
