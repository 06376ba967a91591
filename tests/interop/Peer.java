import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgpainless.sop.SOPImpl;

/** PGPainless for peers.py: reads lines of a keyring's and a message's path, writes yes or no for each. */
public class Peer {
	public static void main(String[] arguments) throws Exception {
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
		String line;
		while ((line = lines.readLine()) != null) {
			String[] paths = line.split(" ");
			System.out.println(verifies(Path.of(paths[0]), Path.of(paths[1])) ? "yes" : "no");
		}
	}

	private static boolean verifies(Path keyring, Path message) throws Exception {
		try {
			return !new SOPImpl().inlineVerify().cert(Files.readAllBytes(keyring)).data(Files.readAllBytes(message))
				.toByteArrayAndResult().getResult().isEmpty();
		} catch (Exception | StackOverflowError error) {
			return false;
		}
	}
}
