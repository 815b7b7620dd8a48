import AdapterLoading
import Foundation

// A worker of the path's host is this executable again.
WorkerMain.runIfRequested()
PathRun.runIfRequested()
BacklogRun.runIfRequested()
try StreamRun.runIfRequested()
try AuditVerification.runIfRequested()
exit(BenchmarkCommand.run(Array(CommandLine.arguments.dropFirst())))
