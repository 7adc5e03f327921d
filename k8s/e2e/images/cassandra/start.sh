# The settings of the stack's Cassandra, listening to other pods.
set -euo pipefail
config=/tmp/cassandra.yaml
address=$(hostname -i | cut -d' ' -f1)
# shellcheck disable=SC2016 # the template's own names
sed -e 's/${port}/9042/; s/${storagePort}/7000/; s#${dataFolder}#/var/lib/cassandra#' \
  -e "s/^rpc_address: .*/rpc_address: 0.0.0.0\nbroadcast_rpc_address: $address/" \
  /opt/cassandra/conf/cassandra.yaml >"$config"
# shellcheck disable=SC2086 # several flags
exec java -Xms"${MAX_HEAP_SIZE:-1G}" -Xmx"${MAX_HEAP_SIZE:-1G}" $JAVA_FLAGS ${JVM_EXTRA_OPTS:-} \
  -Dcassandra.config="file://$config" -Dcassandra.storagedir=/var/lib/cassandra \
  -Dcassandra.superuser_setup_delay_ms=0 -Dcassandra.libjemalloc=- -Dcassandra-foreground=yes \
  -Dlogback.configurationFile=file:///opt/cassandra/conf/logback.xml \
  -cp '/opt/cassandra/lib/*' org.apache.cassandra.service.CassandraDaemon
