# Print what `bayes check` and `bayes diff` said as a comment in Markdown: bash comment.sh FOLDER
set -euo pipefail
folder=$1
quoted() { # four spaces keep everything as it is, whatever it contains
  sed 's/^/    /' "$1"
}
echo "### Trial files"
echo
quoted "$folder/check.txt"
if [ -s "$folder/diff.txt" ]; then
  echo
  echo "### Conclusions, before and after"
  echo
  quoted "$folder/diff.txt"
fi
