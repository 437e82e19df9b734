import Profiles

extension Chain {
    /// All settings that a profile may have as `warder_<name>`: warder's own, those of other tools that it reads, and
    /// those that `adopt` hides from SDKs. Any other `warder_` name has no effect.
    public static let ownSettings = OwnSettings([
        "key", "session", "session_duration", "policy_file", "confirm", "callers", "from_sso",
        "role_arn", "source_profile", "credential_source", "credential_process", "include_profile", "mfa_serial",
        "mfa_process", "role_session_name", "external_id", "duration_seconds", "policy", "policy_arns", "session_tags",
        "transitive_session_tags", "source_identity", "web_identity_token_file",
        "sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region", "login_session",
        "region", "endpoint_url", "services", "ignore_configured_endpoint_urls", "use_fips_endpoint",
        "use_dualstack_endpoint", "sts_regional_endpoints", "ca_bundle",
        "ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode", "ec2_metadata_v1_disabled",
        "metadata_service_timeout", "metadata_service_num_attempts",
    ])
}

extension Profile {
    /// Throws for a `warder_…` that is not a setting: its author expects an effect that it does not have.
    func checkOwnSettings() throws(ChainError) {
        guard let (key, origin) = unknownOwn(Chain.ownSettings) else { return }
        throw .unknownSetting(key: key, origin)
    }
}
