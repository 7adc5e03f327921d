# As apache/kafka does it: KAFKA_LOG_DIRS is the setting log.dirs.
set -euo pipefail
config=/tmp/server.properties
: >"$config"
for name in $(compgen -v KAFKA_); do
  [ "$name" = KAFKA_HEAP_OPTS ] && continue
  setting=${name#KAFKA_}
  setting=${setting,,}
  echo "${setting//_/.}=${!name}" >>"$config"
done
java=(java -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '/opt/kafka/libs/*')
if [ ! -e "$KAFKA_LOG_DIRS/meta.properties" ]; then
  "${java[@]}" kafka.tools.StorageTool format -t bWlsbHJhY2Uta3ViZS1lMg -c "$config"
fi
# shellcheck disable=SC2086 # several flags
exec java ${KAFKA_HEAP_OPTS:-} -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp '/opt/kafka/libs/*' kafka.Kafka "$config"
