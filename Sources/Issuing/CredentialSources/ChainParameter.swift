import Chains
import Profiles

/// A setting of a step: its value, safe to show, and its origin.
package struct ChainParameter {
    /// Its name.
    package let key: String
    /// What it says.
    package let value: String
    /// Where it is written; nil for a default.
    package let origin: Origin?

    /// Creates a parameter.
    package init(key: String, value: String, origin: Origin?) {
        self.key = key
        self.value = value
        self.origin = origin
    }

    /// A setting under its name; nil if it is not set.
    package init?(_ key: String, _ setting: Setting?) {
        guard let setting else { return nil }
        self.init(key: key, value: setting.value, origin: setting.origin)
    }

    /// A duration under its name; nil if it is not set.
    package init?(_ key: String, _ seconds: Seconds?) {
        guard let seconds else { return nil }
        self.init(key: key, value: String(seconds.value), origin: seconds.origin)
    }
}
