import Foundation
import Linux
import Testing

@Suite struct SwapTests {
    @Test func readsTheTable() {
        let table = """
            Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
            /dev/dm-1                               partition\t8388604\t\t0\t\t-2
            /var/swap\\040file\\134x                file\t\t1024\t\t0\t\t-3
            (unreachable)/swapfile                  file\t\t1024\t\t0\t\t-4

            """
        #expect(
            SwapArea.all(inTable: table).map(\.path) == ["/dev/dm-1", "/var/swap file\\x", "(unreachable)/swapfile"])
        #expect(SwapArea.all(inTable: "Filename\tType\n") == [])
        #expect(SwapArea.all(inTable: "") == [])
    }

    @Test func takesWhatLeadsNowhereForUnknown() {
        for area in SwapArea.all(inTable: "-\n/nowhere/swap x\n(unreachable)/swap x\n/dev/null x\n/ x\n") {
            #expect(area.protection() == .unknown, "\(area.path)")
        }
    }

    @Test func readsMounts() throws {
        let line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - btrfs /dev/a\\040b rw,noswap,x=y"
        let mount = try #require(Mount(line))
        #expect(mount.device == "98:0" && mount.type == "btrfs" && mount.source == "/dev/a b")
        #expect(mount.options == ["rw", "noswap", "x=y"])
        #expect(Mount("36 35 98:0 / / rw - tmpfs tmpfs rw")?.type == "tmpfs")
        #expect(Mount("36 35 98:0 / / rw tmpfs tmpfs rw") == nil)
        #expect(Mount("") == nil)
        #expect(Mount("36 35 98:0 / / rw - tmpfs") == nil)
    }
}

/// Devices in a folder of the test's own, as sysfs has them.
@Suite struct BlockDeviceTests {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent("warder-\(UUID())").path

    private func device(_ name: String, of parts: [String] = [], _ files: [String: String] = [:]) throws -> String {
        let folder = root + "/" + name
        try FileManager.default.createDirectory(atPath: folder + "/slaves", withIntermediateDirectories: true)
        for (file, text) in files {
            let path = folder + "/" + file
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        for part in parts {
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/slaves/" + (part as NSString).lastPathComponent, withDestinationPath: part)
        }
        return folder
    }

    private func protection(_ folder: String) -> SwapArea.Protection { BlockDevice(folder: folder).protection() }

    @Test func knowsWhatIsEncrypted() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let disk = try device("sda")
        let partition = try device("sda/sda2", ["partition": "2\n"])
        let luks = try device("dm-0", of: [partition], ["dm/uuid": "CRYPT-LUKS2-1234-swap\n"])
        let other = try device("dm-1", of: [disk], ["dm/uuid": "CRYPT-PLAIN-swap\n"])
        let volume = try device("dm-2", of: [luks, other], ["dm/uuid": "LVM-abc\n"])
        let mixed = try device("dm-3", of: [luks, partition], ["dm/uuid": "LVM-def\n"])
        let checked = try device("dm-4", of: [disk], ["dm/uuid": "CRYPT-INTEGRITY-x\n"])
        let checkedLUKS = try device("dm-5", of: [luks], ["dm/uuid": "CRYPT-VERITY-x\n"])
        let array = try device("md0", of: [luks, other])
        let ofArray = try device("md0/md0p1", ["partition": "1\n"])
        for folder in [luks, other, volume, checkedLUKS, array, ofArray] {
            #expect(protection(folder) == .protected, "\(folder)")
        }
        for folder in [disk, partition, mixed, checked] { #expect(protection(folder) == .none, "\(folder)") }
    }

    @Test func knowsWhatItCannotKnow() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        let loop = try device("loop3")
        let overLoop = try device("dm-6", of: [loop], ["dm/uuid": "LVM-x\n"])
        for folder in [loop, overLoop, try device("zd16"), try device("nbd0"), root + "/nothing"] {
            #expect(protection(folder) == .unknown, "\(folder)")
        }
        try FileManager.default.createSymbolicLink(atPath: loop + "/slaves/loop3", withDestinationPath: loop)
        #expect(protection(loop) == .unknown)
    }

    @Test func knowsWhatIsInMemory() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(protection(try device("zram0", ["backing_dev": "none\n"])) == .protected)
        #expect(protection(try device("zram1")) == .protected)
        #expect(protection(try device("zram2", ["backing_dev": "/dev/sda3\n"])) == .unknown)
    }

    private func device(_ name: String, _ files: [String: String]) throws -> String { try device(name, of: [], files) }
}

@Suite struct KeyringRoomTests {
    private let table = """
            0:  4291 4290/4290 4285/1000000 605154/25000000
         1000:     2 2/2 199/200 19000/20000
         1001:     2 2/2 200/200 30/20000
         1002:     2 2/2 3/200 19900/20000
        10000:     2 2/2 x/200 30/20000

        """

    @Test(arguments: [(0, true), (1000, true), (1001, false), (1002, false), (10000, true), (7, true)])
    func goesByTheQuota(user: UInt32, hasRoom: Bool) {
        #expect(KernelKeyring.hasRoom(inTable: table, user: user) == hasRoom)
    }
}

@Suite struct MemoryLockingTests {
    @Test func triesIt() {
        #expect(canLockMemory(bytes: 4096) || memoryLockLimits()?.soft == 0)
        #expect(!canLockMemory(bytes: 1 << 50))
    }
}
