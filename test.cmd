@echo off
rem Restores, builds and runs every test on the widest kernels of this machine, then the kernel tests on the narrower paths.
setlocal
where dotnet >nul 2>nul
if errorlevel 1 (
  echo test: the .NET 10 SDK is needed and 'dotnet' is not on PATH; install it with: winget install Microsoft.DotNet.SDK.10 1>&2
  exit /b 1
)
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
dotnet build "%~dp0Firn.slnx" -c Release -v quiet || exit /b 1
powershell -NoProfile -ExecutionPolicy Bypass -Command ^
  "$p=0;$f=0;$s=0;" ^
  "function run($dll,$kernels,$opts){ $env:FIRN_KERNELS=$kernels; $out = & dotnet $dll -noColor -noLogo @opts; $out | Out-Host;" ^
  " $m=[regex]::Match(($out -join \"`n\"),'Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)');" ^
  " if(-not $m.Success){$script:f++;return}; $t=[int]$m.Groups[1].Value;$e=[int]$m.Groups[2].Value;$x=[int]$m.Groups[3].Value;$k=[int]$m.Groups[4].Value;" ^
  " $script:p+=$t-$x-$k;$script:f+=$x+$e;$script:s+=$k };" ^
  "$dll='%~dp0artifacts\bin\Firn.Tests\release\Firn.Tests.dll';" ^
  "run $dll '' @(); run $dll '256' @('-trait','Kernels=all'); run $dll '128' @('-trait','Kernels=all'); run $dll 'scalar' @('-trait','Kernels=all'); run '%~dp0artifacts\bin\Firn.Server.Tests\release\Firn.Server.Tests.dll' '' @();" ^
  "Write-Output \"$p passed, $f failed, $s skipped\"; if($f -gt 0){exit 1}"
exit /b %errorlevel%
