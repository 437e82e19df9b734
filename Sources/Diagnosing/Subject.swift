import Desktop
import Explaining
import Failures
import Linux
import Profiles
import Sessions
import Setup
import Stores
import Vault

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
        guard case .success(let store) = store else { return nil }
        guard let store else { return [] }
        guard store.isListExact || store.kind == .libsecret, let index = keyIndex else { return nil }
        return Set(index.map(\.name))
    }()

    /// The path by which SDKs should call this executable.
    private(set) lazy var ownPath: String = context.ownPath

    // MARK: - The store

    /// Where the keys are, nil where there are none yet; or why that cannot be told.
    package private(set) lazy var store: Result<(any KeyStore)?, Failure> = Result { () throws(Failure) in
        try keys.store()
    }

    /// The vault from outside, nil where there is none; or why it would not open.
    package private(set) lazy var vault: Result<VaultFile.Exterior?, VaultFileError> = Result {
        () throws(VaultFileError) in try vaultFile.exterior()
    }

    /// The vault's file, there or not.
    package var vaultFile: VaultFile {
        VaultFile(path: context.paths.vault, stateFolder: context.paths.state)
    }

    /// The types of the vault's slots; none where there is no vault that can be read.
    package var slotTypes: [SlotType] {
        guard let vault = try? vault.get() else { return [] }
        return vault.header.slots.map(\.type)
    }

    /// What is to be seen of the Secret Service, which is spoken to once; nil where nothing of this home is in it.
    package private(set) lazy var desktop: Result<ServiceSurvey, SecretServiceError>? = {
        guard (try? store.get())?.kind == .libsecret || slotTypes.contains(.libsecret) else { return nil }
        return Result { () throws(SecretServiceError) in try DesktopSecrets(context).survey() }
    }()

    /// The stored keys, as far as they are known without a prompt; nil while locked.
    package private(set) lazy var keyIndex: [IndexedKey]? = {
        guard let store = try? store.get() else { return nil }
        let noted = (try? keys.index()) ?? nil
        guard store.kind == .libsecret else { return noted }
        guard case .open(let items)? = try? desktop?.get() else { return nil }
        return SecretServiceStore.listing(of: items, noted: noted ?? [])
    }()

    /// Until when the session cache is unlocked; nil while locked.
    package private(set) lazy var unlockedUntil: Deadline? = (try? keys.unlockedState())??.deadline
}
