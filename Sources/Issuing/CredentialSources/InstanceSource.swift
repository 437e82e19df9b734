import Failures
import Metadata
import Profiles
import Secrets
import Setup

/// The role of an EC2 instance: `credential_source = Ec2InstanceMetadata`.
struct InstanceSource: ChainSource {
    let tools: SourceTools
    let origin: Origin

    private var context: Context { tools.context }

    var kind: String { "instance_metadata" }
    var parameters: [ChainParameter] {
        [ChainParameter(key: "credential_source", value: "Ec2InstanceMetadata", origin: origin)]
    }
    func title(isStoredToo: Bool) -> String { "the EC2 instance's role" }
    var readsEnvironment: Bool { true }

    func credentials() throws(Failure) -> Credentials {
        let settings = try instanceSettings()
        do throws(MetadataError) {
            return try tools.calls.metadata { (sender, time) throws(MetadataError) in
                try InstanceMetadata(
                    settings, environment: { context.environment[$0] }, sender: sender, time: time
                ).credentials()
            }
        } catch { throw Failure(error, origin, what: "the instance's role") }
    }

    private func instanceSettings() throws(Failure) -> InstanceSettings {
        var settings = InstanceSettings()
        // Read again: a config of 10,000 profiles should not stay in memory for this.
        guard let profile = try ProfileLoading(context).profiles().profile(tools.chain.profile) else { return settings }
        do throws(ProfileError) {
            settings.endpoint = try profile.setting("ec2_metadata_service_endpoint")?.value
            settings.endpointMode = try profile.setting("ec2_metadata_service_endpoint_mode")?.value
            settings.v1Disabled = try profile.setting("ec2_metadata_v1_disabled")?.value
            settings.timeout = try profile.setting("metadata_service_timeout")?.value
            settings.attempts = try profile.setting("metadata_service_num_attempts")?.value
        } catch { throw Failure(error) }
        return settings
    }

    func obstacle() throws(Failure) -> Failure? {
        let settings = try instanceSettings()
        do throws(MetadataError) {
            _ = try InstanceMetadata(
                settings, environment: { context.environment[$0] }, sender: OfflineSender(), time: OfflineSender.time)
            return nil
        } catch { return Failure(error, origin, what: "the instance's role") }
    }
}
