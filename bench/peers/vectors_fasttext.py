"""fastText beside Firn: trains on a file of one text a line. Arguments: those of fasttext. One line of JSON out."""
import json
import resource
import shutil
import subprocess
import sys
import time

if shutil.which("fasttext") is None:
    sys.exit("fasttext is not installed")
began = time.perf_counter()
subprocess.run(["fasttext", *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"version": "fastText, reading included", "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss * 1024}))
