/// All checks, in the order in which findings of one gravity are shown.
enum Checks {
    static var offline: [any Check.Type] {
        [
            ReadableFiles.self, AskedBySDKs.self,
            // The machine.
            OtherWarders.self, LoadedHooks.self, InstalledCompletions.self, Regions.self, FreeSpace.self,
            FileWatches.self, FittingPinentry.self, NetworkSettings.self,
        ]
    }
}
