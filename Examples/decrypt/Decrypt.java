// Usage: java Decrypt.java PRIVATE_KEY < VALUE
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

class Decrypt {
    public static void main(String[] arguments) throws Exception {
        String pem = Files.readString(Path.of(arguments[0]))
            .replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        var key = KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        // Without these parameters MGF1 would use SHA-1.
        var oaep = new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, oaep);
        String value = new String(System.in.readAllBytes()).strip();
        System.out.write(cipher.doFinal(Base64.getDecoder().decode(value)));
        System.out.flush();
    }
}
