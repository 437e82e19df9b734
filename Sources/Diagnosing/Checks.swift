/// All checks, in the order in which findings of one gravity are shown.
enum Checks {
    static var offline: [any Check.Type] {
        [
            // The files, and what SDKs make of them.
            ReadableFiles.self, FileLinks.self, FileModes.self, FileGrammar.self, SDKEnvironment.self, AskedBySDKs.self,
            UnknownSettings.self, Resolution.self,
            // The machine's rules.
            MachineRules.self,
            // The store, and memory.
            PresentStore.self, SoundVault.self, StoredKeysNeeded.self, UsableKeyfile.self, ReachableDesktop.self,
            UnattendedOpening.self, UsableRuntimeFolder.self, PlaceForUnlockedKey.self, SwappedMemory.self,
            SealableLog.self,
            // The machine.
            OtherWarders.self, LoadedHooks.self, InstalledCompletions.self, Regions.self, FreeSpace.self,
            FileWatches.self, FittingPinentry.self, NetworkSettings.self,
            // What lies in plain text.
            PlaintextKeys.self, PlaintextCaches.self, CLILogins.self,
            // The keys themselves.
            KeyRotations.self, CodesInReach.self,
        ]
    }

    /// Those that ask AWS, each of which builds on what those before it found.
    static var online: [any OnlineCheck.Type] {
        [ReachableEndpoints.self, AgreeingClocks.self, ActiveKeys.self, AssumableRoles.self, RightDevices.self]
    }
}
