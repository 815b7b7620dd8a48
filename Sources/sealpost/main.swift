internal import HostCommands

HostCommands.main()
