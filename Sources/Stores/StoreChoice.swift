import Failures
import Linux
import Profiles
import Setup

extension Keys {
    /// The store that a key is to go into: the present one or, for the first key, one that is chosen here.
    ///
    /// - Parameter wanted: what the command line says.
    package func chooseStore(_ wanted: StoreKind?) throws(Failure) {
        let setting = try Settings.load(context).store
        if let present = try store() {
            if let wanted, wanted != present.kind {
                throw Failure(
                    .usage, "the keys are in the \(present.kind.spoken)",
                    hint: "to move all of them: warder store move --to \(wanted.rawValue)")
            }
            if let setting, setting.kind != present.kind {
                throw Failure(
                    .badConfig,
                    "\(setting.origin.place): store is \(setting.kind.rawValue), but the keys are in the \(present.kind.spoken)",
                    hint: "move them: warder store move --to \(setting.kind.rawValue); or change the line")
            }
            return
        }
        switch wanted ?? setting?.kind ?? defaultKind() {
        case .file: use(VaultStore(context))
        case .libsecret: use(SecretServiceStore(context))
        }
    }

    private func defaultKind() -> StoreKind {
        passedOver = DesktopSecrets(context).obstacle
        return passedOver == nil ? .libsecret : .file
    }
}
