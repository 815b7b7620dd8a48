// Usage: java Decrypt.java PRIVATE_KEY < VALUE
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

class Decrypt {
    public static void main(String[] arguments) throws Exception {
        String pem = Files.readString(Path.of(arguments[0]))
            .replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        var key = KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        String value = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
        String[] parts = value.split("\\.", -1);
        System.out.write(
            parts.length == 5 ? openJWE(key, parts) : unwrap(key, Base64.getDecoder().decode(value)));
        System.out.flush();
    }

    static byte[] unwrap(PrivateKey key, byte[] ciphertext) throws Exception {
        // Without these parameters MGF1 would use SHA-1.
        var oaep = new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, oaep);
        return cipher.doFinal(ciphertext);
    }

    static byte[] openJWE(PrivateKey key, String[] parts) throws Exception {
        var base64 = Base64.getUrlDecoder();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
            Cipher.DECRYPT_MODE, new SecretKeySpec(unwrap(key, base64.decode(parts[1])), "AES"),
            new GCMParameterSpec(128, base64.decode(parts[2])));
        cipher.updateAAD(parts[0].getBytes(StandardCharsets.US_ASCII));
        cipher.update(base64.decode(parts[3]));
        return cipher.doFinal(base64.decode(parts[4]));
    }
}
