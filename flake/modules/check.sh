# Whether what answers at an address is well; nmx asks after each switch.
#   nmx-check http://192.168.50.31:8096/health 200 204
#   nmx-check tcp://192.168.50.53:53
url=$1
shift
rest=${url#*://}
case $url in
  tcp://*)
    if timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' - "${rest%:*}" "${rest##*:}" 2> /dev/null; then exit 0; fi
    echo "nothing listens at $rest" >&2
    exit 1
    ;;
esac
status=$(curl --silent --show-error --max-time 10 --noproxy '*' --output /dev/null --write-out '%{http_code}' "$url") || exit 1
for expected; do
  [ "$status" != "$expected" ] || exit 0
done
echo "$url answers with $status, not with $*" >&2
exit 1
