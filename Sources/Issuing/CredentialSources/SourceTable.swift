import Chains

/// The table of sources.
func makeSource(_ tools: SourceTools) -> any ChainSource {
    switch tools.chain.source {
    case .storedKey(let name, let origin): StoredKeySource(tools: tools, name: name, origin: origin)
    case .plaintextKey(let key): PlaintextKeySource(tools: tools, key: key)
    case .named(.environment, let origin): EnvironmentSource(tools: tools, origin: origin)
    case .named(.ec2InstanceMetadata, let origin): InstanceSource(tools: tools, origin: origin)
    case .named(.ecsContainer, let origin): ContainerSource(tools: tools, origin: origin)
    case .webIdentity(let identity): WebIdentitySource(tools: tools, identity: identity)
    case .sso(let sso): SingleSignOnSource(tools: tools, sso: sso)
    case .login(let login): LoginSource(tools: tools, login: login)
    case .process(let command): ProcessSource(context: tools.context, command: command)
    }
}
