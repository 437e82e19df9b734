import Chains
import Profiles

/// A setting of a step, its value fit to be shown, and where it stands.
package struct ChainParameter {
    /// Its name.
    package let key: String
    /// What it says.
    package let value: String
    /// Where it is written; nil for what holds where nothing is.
    package let origin: Origin?

    /// Puts it together.
    package init(key: String, value: String, origin: Origin?) {
        self.key = key
        self.value = value
        self.origin = origin
    }

    /// A setting under its name; nil where it is not set.
    package init?(_ key: String, _ setting: Setting?) {
        guard let setting else { return nil }
        self.init(key: key, value: setting.value, origin: setting.origin)
    }

    /// A length of time under its name; nil where it is not set.
    package init?(_ key: String, _ seconds: Seconds?) {
        guard let seconds else { return nil }
        self.init(key: key, value: String(seconds.value), origin: seconds.origin)
    }
}
