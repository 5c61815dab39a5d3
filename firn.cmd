@echo off
rem Builds the tool in Release (a no-op when nothing changed), then runs it: firn quickstart
setlocal
where dotnet >nul 2>nul
if errorlevel 1 (
  echo firn: the .NET 10 SDK is needed and 'dotnet' is not on PATH; install it with: winget install Microsoft.DotNet.SDK.10 1>&2
  exit /b 1
)
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
set "FIRN_CALLED_AS=%~0"
set "tool=%~dp0artifacts\bin\Firn.Cli\ready\Firn.Cli.dll"
dotnet build "%~dp0src\Firn.Cli" -c Release -v quiet -p:FirnReadyToRun=true 1>&2 || exit /b 1
dotnet "%tool%" %*
exit /b %errorlevel%
