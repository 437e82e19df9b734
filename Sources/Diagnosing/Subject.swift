import Explaining
import Failures
import Linux
import Profiles
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

    /// The profiles, or why they cannot be read.
    package private(set) lazy var profiles: Result<ProfileSet, Failure> = Result { () throws(Failure) in
        try loading.profiles().indexed()
    }

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
}
