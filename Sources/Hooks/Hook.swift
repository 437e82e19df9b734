/// The shell integration inside the binary: the files of `shell/`, unchanged.
public enum Hook: String, Sendable, CaseIterable {
    case bash, zsh, fish, nu

    /// The file's bytes.
    public var text: [UInt8] {
        switch self {
        case .bash: PackageResources.warder_bash
        case .zsh: PackageResources.warder_zsh
        case .fish: PackageResources.warder_fish
        case .nu: PackageResources.warder_nu
        }
    }
}
